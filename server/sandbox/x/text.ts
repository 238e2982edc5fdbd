import { shortHash } from '../random';
import { findLinks } from './links';

/** Code points that count one; all others count two: https://docs.x.com/fundamentals/counting-characters */
const LIGHT: readonly (readonly [number, number])[] = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
];
const URL_WEIGHT = 23;

/** The emoji that Unicode recommends, as whole sequences. */
const RECOMMENDED = '\\p{RGI_Emoji}';
const EMOJI = new RegExp(RECOMMENDED, 'gv');
/** A keycap without the variation selector that Unicode recommends in it. X counts it as the emoji that it looks like. */
const BARE_KEYCAP = /[0-9#*](?=\u20E3)/g;

function plainWeight(text: string): number {
  let weight = 0;
  const rest = text.replace(BARE_KEYCAP, '$&\uFE0F').replace(EMOJI, () => {
    weight += 2;
    return '';
  });
  for (const character of rest) {
    const code = character.codePointAt(0) ?? 0;
    weight += LIGHT.some(([from, to]) => code >= from && code <= to) ? 1 : 2;
  }
  return weight;
}

/** Returns how much of the 280 a text uses: a link counts 23, an emoji or a wide character 2, anything else 1. */
export function weightedLength(raw: string): number {
  const text = raw.normalize('NFC');
  let weight = 0;
  let at = 0;
  for (const { start, end } of findLinks(text)) {
    weight += plainWeight(text.slice(at, start)) + URL_WEIGHT;
    at = end;
  }
  return weight + plainWeight(text.slice(at));
}

/** Whether a text contains a character that X refuses. */
export const hasInvalidCharacters = (text: string): boolean => /[\uFEFF\uFFFE\uFFFF]/.test(text);

/** A link of a published text. Offsets are code points of the text as it is returned, with its escaped characters. */
export interface UrlEntity {
  start: number;
  end: number;
  url: string;
  expanded_url: string;
  display_url: string;
}

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => ESCAPED[character] ?? '');
const LONGEST_SHOWN = 27;

function displayed(url: string): string {
  const bare = url.replace(/^https?:\/\/(?:www\.)?/i, '');
  return bare.length > LONGEST_SHOWN ? `${bare.slice(0, LONGEST_SHOWN - 1)}…` : bare;
}

/** Returns the short address that X gives to one link of a post. */
export const shortAddress = (postId: string, number: number): string =>
  `https://t.co/${shortHash(`${postId} ${number}`)
    .replace(/[^a-zA-Z0-9]/g, '')
    .slice(0, 10)}`;

/**
 * Returns a post's text as X returns it: without white space at its ends and with at most one empty line in a row, with `&`, `<` and `>`
 * escaped, and with a short address instead of each link.
 */
export function publishedText(postId: string, written: string): { text: string; urls: UrlEntity[] } {
  const clean = written.trim().replace(/\n{3,}/g, '\n\n');
  const urls: UrlEntity[] = [];
  let text = '';
  let at = 0;
  for (const { start, end, url } of findLinks(clean)) {
    text += escaped(clean.slice(at, start));
    const short = shortAddress(postId, urls.length);
    const from = [...text].length;
    urls.push({
      start: from,
      end: from + short.length,
      url: short,
      expanded_url: /^https?:\/\//i.test(url) ? url : `http://${url}`,
      display_url: displayed(url),
    });
    text += short;
    at = end;
  }
  return { text: text + escaped(clean.slice(at)), urls };
}
