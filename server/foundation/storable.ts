import { firstVisibleAt } from './visible-text';

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
const BROKEN = /^[\p{Cs}\uFFFD\u200D]$/u;
/**
 * Removes the rest of a character from the end of a platform's title or name that was cut through an emoji. Text and dots before and after
 * it stay. A text that would lose everything is returned unchanged.
 */
export function withoutBrokenEnd(text: string): string {
  const dots = ['…', '...'].find((ending) => text.endsWith(ending)) ?? '';
  const end = text.length - dots.length;
  let from = end;
  while (BROKEN.test(characterBefore(text, from))) from--;
  if (from === end || text[end - 1] === '\u200D') return text;
  return (text.slice(0, from) + dots).trimEnd() || text;
}

/** Returns the code point before an offset, or an empty string. */
function characterBefore(text: string, at: number): string {
  const two = at >= 2 ? text.codePointAt(at - 2) : undefined;
  return two !== undefined && two > 0xff_ff ? text.slice(at - 2, at) : text.slice(Math.max(0, at - 1), at);
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Maximum length of a grapheme that is kept whole. A longer one is a letter with a long stack of combining marks. */
const LONG_GRAPHEME = 64;
const PLAIN = /^[ -~]{2}$/;
const FLAG_LETTER = /^\p{Regional_Indicator}$/u;

/** What can join the character after a mark or a joiner to the one before it: a conjunct, and an emoji of several parts. */
const JOINING = ['\u0915\u094D', '\u{1F469}'];

/** Whether a grapheme certainly ends between two characters, whatever is before them. */
const certainlyParts = (before: string, after: string): boolean =>
  !FLAG_LETTER.test(before) &&
  JOINING.every((start) => {
    const end = start.length + before.length;
    return segmenter.segment(start + before + after).containing(end)?.index === end;
  });

/**
 * Returns where the grapheme at an offset begins, and its text, of which the end may be missing if it is longer than `LONG_GRAPHEME`.
 * Segments only what is near, because the time of a segmenter may grow with the square of the text's length.
 */
function graphemeAt(text: string, at: number): { index: number; segment: string } {
  let from = at;
  if (from > 0 && characterBefore(text, from + 1).length === 2) from--;
  for (let after = String.fromCodePoint(text.codePointAt(from) ?? 0); from > 0; ) {
    const before = characterBefore(text, from);
    if (certainlyParts(before, after)) break;
    from -= before.length;
    after = before;
  }
  const near = text.slice(from, at + 2 * LONG_GRAPHEME);
  const { index, segment } = segmenter.segment(near).containing(at - from) ?? { index: 0, segment: '' };
  return { index: from + index, segment };
}

/**
 * Returns the beginning of a text, at most `most` UTF-16 code units, cut between two graphemes (user-perceived characters), so that no
 * emoji, accented letter or conjunct is split. Empty if the first grapheme is longer.
 */
export function truncateText(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 1) return '';
  // Between two printable ASCII characters there is always a boundary.
  if (PLAIN.test(text.slice(most - 1, most + 1))) return text.slice(0, most);
  const { index, segment } = graphemeAt(text, most);
  if (index > 0 || segment.length <= LONG_GRAPHEME) return text.slice(0, index);
  return text.slice(0, most).replace(/\p{Cs}$/u, '');
}

/** Like `truncateText`, with a limit in bytes of UTF-8. */
export function truncateBytes(text: string, most: number): string {
  if (text.length * 3 <= most) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, most)));
  return read === text.length ? text : text.slice(0, graphemeAt(text, read).index);
}

/** Returns the first visible grapheme of a text, or an empty string. */
export function firstGrapheme(text: string): string {
  const at = firstVisibleAt(text);
  return at < 0 ? '' : graphemeAt(text, at).segment;
}

/** Capitalizes the first letter, in the same way in every language. */
export const capitalize = (text: string): string => text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());
