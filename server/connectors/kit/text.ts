import { hasVisibleText } from '@/server/foundation/visible-text';

/**
 * Counts and composes posts as the platforms do. Pure, so that forms show the same number that the connector sends. X:
 * https://docs.x.com/fundamentals/counting-characters
 */

const URL_WEIGHT = 23;
/** Code points that X counts as one; all others count as two. */
const LIGHT: readonly (readonly [number, number])[] = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
];
const EMOJI =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[0-9#*]\uFE0F?\u20E3|\p{Regional_Indicator}{2}/u;
const COMMON_TLDS =
  'com|org|net|edu|gov|mil|int|info|biz|name|pro|mobi|dev|app|page|shop|store|online|site|website|blog|tech|cloud|art|design|media|news|live|studio|agency|xyz|club|space|world|life|today|digital|social|link|email|company|solutions|academy|photography|gallery|guru|money|finance|travel|food|games|video|music|wiki|zone|team|group|global|works|run|codes|tools|systems|network|software|center|services|support|market|fun|pub|press|co|tv|io|ai|me';
const PATH = '(?:[/?#][^\\s<>"\'\u3000]*)?';
const HOST = '(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}])?\\.)+';
const URL_PATTERN = new RegExp(
  `(?<![\\p{L}\\p{N}@#$._/-])(?:(https?:\\/\\/)${HOST}[\\p{L}]{2,63}(?::\\d{1,5})?${PATH}|${HOST}(?:(${COMMON_TLDS})|[a-z]{2})(?![\\p{L}\\p{N}@-])(?::\\d{1,5})?${PATH})`,
  'giu',
);
/** Strips trailing punctuation from an address, and closing brackets that were not opened inside it. */
function trimAddress(address: string): string {
  let end = address.replace(/[.,;:!?'"…*_~]+$/u, '');
  while (end.endsWith(')') && end.split('(').length < end.split(')').length)
    end = end.slice(0, -1).replace(/[.,;:!?'"…*_~]+$/u, '');
  return end;
}

export interface FoundUrl {
  start: number;
  end: number;
  url: string;
  /** False if only X's own list of top-level domains could tell whether this becomes a link. */
  certain: boolean;
}
/** Returns the addresses in a text that X replaces with its short links. */
export function findUrls(text: string): FoundUrl[] {
  const found: FoundUrl[] = [];
  for (const match of text.matchAll(URL_PATTERN)) {
    const url = trimAddress(match[0]);
    found.push({
      start: match.index,
      end: match.index + url.length,
      url,
      certain: match[1] !== undefined || match[2] !== undefined,
    });
  }
  return found;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

function plainWeight(text: string): number {
  let weight = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (EMOJI.test(segment)) {
      weight += 2;
      continue;
    }
    for (const character of segment) {
      const code = character.codePointAt(0) ?? 0;
      weight += LIGHT.some(([from, to]) => code >= from && code <= to) ? 1 : 2;
    }
  }
  return weight;
}

/** Returns X's weighted length, which is limited to 280. Normalizes to NFC first; an address counts 23, CJK and emoji count 2. */
export function weightedLength(raw: string): number {
  const text = raw.normalize('NFC');
  let weight = 0;
  let at = 0;
  for (const { start, end, url, certain } of findUrls(text)) {
    weight += plainWeight(text.slice(at, start));
    // If X may not shorten the address, the heavier of the two readings keeps the post within the limit.
    weight += certain ? URL_WEIGHT : Math.max(URL_WEIGHT, plainWeight(url));
    at = end;
  }
  return weight + plainWeight(text.slice(at));
}

/** Returns the text as it is sent. X has no link field, so the link is appended unless the text contains it. */
export function composeText(platform: string, text: string, link?: string | null): string {
  const body = hasVisibleText(text) ? text.trim() : '';
  if (platform !== 'x' || !link || body.includes(link)) return body;
  return body === '' ? link : `${body}\n\n${link}`;
}

/** Returns the length of a post as its platform counts it, including the link if it becomes part of the text. */
export function countText(platform: string, text: string, link?: string | null): number {
  const whole = composeText(platform, text, link);
  return platform === 'x' ? weightedLength(whole) : [...whole.normalize('NFC')].length;
}
