import { generalRules, type TextRules } from '@/server/connectors/kit/text';

/** Similarity from which two texts count as repeats: a word or two differ, but not the subject. */
export const REPEAT_THRESHOLD = 0.75;
/** Length of the pieces in which texts are compared, in characters. */
const PIECE = 4;
/** Maximum length of text that is compared, in characters. */
export const LONGEST = 4_000;
/** URL parameters that identify a click and not the target. */
const TRACKING = /^(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|mc_[ce]id|igshid?|ref|ref_src|si|s)$/i;

/** Returns a URL without its protocol, `www.`, tracking parameters, fragment and trailing slash. */
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

/** Extracts the words of a post and its targets, without formatting. */
function read(text: string, link: string | null, rules: TextRules): { words: string; places: string[] } {
  const addresses = [...(link ? [link] : [])];
  let rest = '';
  let from = 0;
  const cut = text.slice(0, LONGEST);
  for (const { start, end, url } of rules.findLinks(cut)) {
    rest += `${cut.slice(from, start)} `;
    addresses.push(url);
    from = end;
  }
  rest = (rest + cut.slice(from)).normalize('NFKC').toLowerCase();
  const words = [rest.replace(/[#＃][\p{L}\p{N}\p{M}_]+/gu, ' '), rest]
    .map((each) => each.replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ').trim())
    .find((each) => each !== '');
  return {
    words: words ?? rest.replace(/\s+/g, ' ').trim(),
    places: [...new Set(addresses.map(plainAddress))].sort(),
  };
}

/** A text split into the pieces that are compared. */
interface Pieces {
  readonly of: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number;
}
/** A post prepared for comparison with many others. */
export interface Fingerprint {
  /**
   * Normalized words and targets of the post: lower case, single spaces, no punctuation or hashtags, plain URLs. A post that consists only
   * of hashtags or punctuation keeps them.
   */
  readonly normalized: string;
  readonly places: readonly string[];
  readonly words: Pieces;
  readonly whole: Pieces;
}

/** `rules` are those of the platform that shows the text. */
export function fingerprint(
  text: string,
  link: string | null = null,
  rules: TextRules = generalRules,
): Fingerprint {
  const { words, places } = read(text, link, rules);
  const normalized = [words, ...places].filter((part) => part !== '').join(' ');
  const own = piecesOf(words);
  return {
    normalized: normalized,
    places,
    words: own,
    whole: places.length === 0 ? own : piecesOf(normalized),
  };
}

function piecesOf(plain: string): Pieces {
  const letters = [...plain];
  const counts = new Map<string, number>();
  let size = 0;
  for (let i = 0; i + PIECE <= letters.length; i++) {
    const piece = letters.slice(i, i + PIECE).join('');
    counts.set(piece, (counts.get(piece) ?? 0) + 1);
    size++;
  }
  return { of: plain, counts, size };
}

/**
 * Returns the similarity of two posts from 0 to 1: the share of four-letter pieces that they have in common (Dice's coefficient).
 * Symmetric; 1 for equal posts, 0 for empty ones and for different ones too short for pieces. URLs only count if both posts have them and
 * they lead to different places: "New on the blog" is a different post with each link.
 */
export function similarity(a: Fingerprint, b: Fingerprint): number {
  const [x, y] = comparable(a, b);
  if (x.of === '' || y.of === '') return 0;
  if (x.of === y.of) return 1;
  const total = x.size + y.size;
  if (total === 0) return 0;
  const [few, many] = x.counts.size <= y.counts.size ? [x, y] : [y, x];
  let shared = 0;
  for (const [piece, count] of few.counts) shared += Math.min(count, many.counts.get(piece) ?? 0);
  return (2 * shared) / total;
}

function comparable(a: Fingerprint, b: Fingerprint): [Pieces, Pieces] {
  const elsewhere =
    a.places.length > 0 && b.places.length > 0 && !a.places.some((place) => b.places.includes(place));
  return elsewhere || a.words.of === '' || b.words.of === '' ? [a.whole, b.whole] : [a.words, b.words];
}

/** Whether two posts are similar enough to be called a repeat. Fast for posts of very different lengths. */
export function isRepeat(a: Fingerprint, b: Fingerprint): boolean {
  const [x, y] = comparable(a, b);
  if (x.of !== y.of && 2 * Math.min(x.size, y.size) < REPEAT_THRESHOLD * (x.size + y.size)) return false;
  return similarity(a, b) >= REPEAT_THRESHOLD;
}

/** Work of comparing two posts, in characters of a text that is read. */
export const workOf = (a: Fingerprint, b: Fingerprint): number =>
  (1 + Math.min(a.whole.size, b.whole.size)) / 10;
