import { findUrls } from '@/server/connectors/kit/text';

/** Texts that are at least this alike count as the same said again: a word or two changed, not the subject. */
export const ALIKE = 0.75;
/** How many letters stand together in one piece of a text. */
const PIECE = 4;
/** What is compared of a very long text. */
const LONGEST = 4_000;
/** Parameters of an address that say who clicked where, not what the address leads to. */
const TRACKING = /^(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|mc_[ce]id|igshid?|ref|ref_src|si|s)$/i;

/** An address without its protocol, `www.`, tracking parameters, fragment and closing slash. */
export function plainAddress(address: string): string {
  let url: URL;
  try {
    url = new URL(/^https?:\/\//i.test(address) ? address : `https://${address}`);
  } catch {
    return address.toLowerCase();
  }
  const kept = [...url.searchParams].filter(([name]) => !TRACKING.test(name)).sort();
  const query = kept.map(([name, value]) => `${name}=${value}`).join('&');
  return `${url.hostname.replace(/^www\./, '')}${url.pathname.replace(/\/+$/, '')}${query ? `?${query}` : ''}`;
}

/**
 * What a post says, without how it is set: small letters, single spaces, no marks, no hashtags, plain addresses. A post of
 * nothing but hashtags or marks is what it is.
 */
export function essence(text: string, link: string | null = null): string {
  const addresses = [...(link ? [link] : [])];
  let rest = '';
  let from = 0;
  const cut = text.slice(0, LONGEST);
  for (const { start, end, url } of findUrls(cut)) {
    rest += `${cut.slice(from, start)} `;
    addresses.push(url);
    from = end;
  }
  rest = (rest + cut.slice(from)).normalize('NFKC').toLowerCase();
  const words = [rest.replace(/[#＃][\p{L}\p{N}\p{M}_]+/gu, ' '), rest]
    .map((each) => each.replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ').trim())
    .find((each) => each !== '');
  const places = [...new Set(addresses.map(plainAddress))].sort();
  return [words ?? rest.replace(/\s+/g, ' ').trim(), ...places].filter((part) => part !== '').join(' ');
}

/** A text ready to be compared with many. */
export interface Fingerprint {
  readonly essence: string;
  readonly pieces: ReadonlyMap<string, number>;
  readonly size: number;
}

export function fingerprint(text: string, link: string | null = null): Fingerprint {
  const plain = essence(text, link);
  const letters = [...plain];
  const pieces = new Map<string, number>();
  let size = 0;
  for (let i = 0; i + PIECE <= letters.length; i++) {
    const piece = letters.slice(i, i + PIECE).join('');
    pieces.set(piece, (pieces.get(piece) ?? 0) + 1);
    size++;
  }
  return { essence: plain, pieces, size };
}

/**
 * How alike two texts are, from 0 to 1: the share of their four-letter pieces that they have in common (Dice's
 * coefficient). Symmetric; 1 for texts that say the same, 0 for empty ones and for different ones too short for pieces.
 */
export function similarity(a: Fingerprint, b: Fingerprint): number {
  if (a.essence === '' || b.essence === '') return 0;
  if (a.essence === b.essence) return 1;
  const total = a.size + b.size;
  return total === 0 ? 0 : (2 * sharedOf(a, b)) / total;
}

function sharedOf(a: Fingerprint, b: Fingerprint): number {
  const [few, many] = a.pieces.size <= b.pieces.size ? [a, b] : [b, a];
  let shared = 0;
  for (const [piece, count] of few.pieces) shared += Math.min(count, many.pieces.get(piece) ?? 0);
  return shared;
}

/** Whether two texts are alike enough to be called a repeat; quick for texts of very different lengths. */
export function isRepeat(a: Fingerprint, b: Fingerprint): boolean {
  if (a.essence !== b.essence && 2 * Math.min(a.size, b.size) < ALIKE * (a.size + b.size)) return false;
  return similarity(a, b) >= ALIKE;
}
