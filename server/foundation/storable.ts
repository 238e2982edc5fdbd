import { hasVisibleText } from './visible-text';

/**
 * Makes third-party texts (a platform's response, a header, a model's output) storable in the database, and cuts texts without splitting a
 * character. Only code on the server decides where a text is cut on a page, because browsers know other versions of Unicode.
 */

/**
 * Replaces U+0000, lone surrogates and noncharacters with U+FFFD and leaves everything else unchanged. Users' own texts are refused instead
 * (inputs.ts), so that nothing they wrote changes unnoticed.
 */
export const storableText = (text: string): string =>
  text.replace(/[\p{Cs}\p{Noncharacter_Code_Point}]/gu, '\uFFFD').replaceAll('\u0000', '\uFFFD');

const ESCAPE = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u([\da-fA-F]{4})|\\[^u]/g;
/**
 * Replaces escaped U+0000 and lone surrogates in a JSON text before it is parsed. JSON in UTF-8 can contain these only as escapes. The first
 * half of an emoji at the end of a string is removed, because the sender cut the string there. Invalid JSON stays invalid.
 */
export const storableJson = (json: string): string =>
  /\\u(?:0000|[dD][89a-fA-F])/.test(json)
    ? json.replace(ESCAPE, (all, code: string | undefined, at: number) => {
        if (code === undefined || !(code === '0000' || /^d[89a-f]/i.test(code))) return all;
        const cutHere = /^d[89ab]/i.test(code) && json[at + all.length] === '"' && json[at - 1] !== '"';
        return cutHere ? '' : '\\ufffd';
      })
    : json;

/** What is left of a character that was cut: half a surrogate pair, the replacement for broken bytes, and a joiner that joins nothing. */
const BROKEN_END = /[\p{Cs}\uFFFD\u200D]*[\p{Cs}\uFFFD](?=(?:…|\.{3})?$)/u;
/**
 * Removes the rest of a character from the end of a platform's title or name that was cut through an emoji. Text and dots before and after
 * it stay. A text that would lose everything is returned unchanged. For short texts.
 */
export const withoutBrokenEnd = (text: string): string =>
  BROKEN_END.test(text) ? text.replace(BROKEN_END, '').trimEnd() || text : text;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Maximum length of a grapheme that is kept whole. A longer one is a letter with a long stack of combining marks. */
const LONG_GRAPHEME = 64;
const PLAIN = /^[ -~]{2}$/;

/**
 * Returns the beginning of a text, at most `most` UTF-16 code units, cut between two graphemes (user-perceived characters), so that no
 * emoji, accented letter or conjunct is split. Empty if the first grapheme is longer.
 */
export function truncateText(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 1) return '';
  // Between two printable ASCII characters there is always a boundary.
  if (PLAIN.test(text.slice(most - 1, most + 1))) return text.slice(0, most);
  const { index, segment } = segmenter.segment(text).containing(most) ?? { index: 0, segment: '' };
  if (index > 0 || segment.length <= LONG_GRAPHEME) return text.slice(0, index);
  return text.slice(0, most).replace(/\p{Cs}$/u, '');
}

/** Like `truncateText`, with a limit in bytes of UTF-8. */
export function truncateBytes(text: string, most: number): string {
  if (text.length * 3 <= most) return text;
  const encoder = new TextEncoder();
  let room = most;
  let end = 0;
  for (const { segment } of segmenter.segment(text)) {
    room -= encoder.encode(segment).length;
    if (room < 0) return text.slice(0, end);
    end += segment.length;
  }
  return text;
}

/** Returns the first visible grapheme of a text, or an empty string. */
export function firstGrapheme(text: string): string {
  for (const { segment } of segmenter.segment(text)) if (hasVisibleText(segment)) return segment;
  return '';
}

/** Capitalizes the first letter, in the same way in every language. */
export const capitalize = (text: string): string => text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());
