/**
 * Makes third-party texts (a platform's response, a header, a model's output) storable in the database, and cuts texts without splitting a
 * character.
 */

/**
 * Replaces U+0000, lone surrogates and noncharacters with U+FFFD and leaves everything else unchanged. Users' own texts are refused instead
 * (inputs.ts), so that nothing they wrote changes unnoticed.
 */
export const storableText = (text: string): string =>
  text.replace(/[\p{Cs}\p{Noncharacter_Code_Point}]/gu, '\uFFFD').replaceAll('\u0000', '\uFFFD');

const ESCAPE = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u([\da-fA-F]{4})|\\[^u]/g;
/**
 * Replaces escaped U+0000 and lone surrogates in a JSON text before it is parsed. JSON in UTF-8 can contain these only as escapes. Invalid
 * JSON stays invalid.
 */
export const storableJson = (json: string): string =>
  /\\u(?:0000|[dD][89a-fA-F])/.test(json)
    ? json.replace(ESCAPE, (all, code?: string) =>
        code !== undefined && (code === '0000' || /^d[89a-f]/i.test(code)) ? '\\ufffd' : all,
      )
    : json;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Maximum length of a grapheme that is kept whole. A longer one is a letter with a long stack of combining marks. */
const LONG_GRAPHEME = 64;

/**
 * Returns the beginning of a text, at most `most` UTF-16 code units, cut between two graphemes (user-perceived characters), so that no
 * emoji is split and no lone surrogate is left.
 */
export function truncateText(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (const { index, segment } of segmenter.segment(text.slice(0, most + LONG_GRAPHEME))) {
    if (index + segment.length > most) break;
    end = index + segment.length;
  }
  if (end > 0 || most < 1) return text.slice(0, end);
  return text.slice(0, most).replace(/\p{Cs}$/u, '');
}
