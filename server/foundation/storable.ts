/** Texts of others (a platform's answer, a header, a model's words) as the database can hold them, and cuts that leave every character whole. */

/**
 * U+0000, halves of surrogate pairs and noncharacters become U+FFFD; everything else stays as it came. People's own texts are refused instead
 * (inputs.ts), so that nothing they wrote changes unseen.
 */
export const storableText = (text: string): string =>
  text.replace(/[\p{Cs}\p{Noncharacter_Code_Point}]/gu, '\uFFFD').replaceAll('\u0000', '\uFFFD');

const ESCAPE = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u([\da-fA-F]{4})|\\[^u]/g;
/**
 * The same for a text of JSON before it is parsed. JSON in UTF-8 can hold such characters as escapes only. What is no JSON stays what it
 * is.
 */
export const storableJson = (json: string): string =>
  /\\u(?:0000|[dD][89a-fA-F])/.test(json)
    ? json.replace(ESCAPE, (all, code?: string) =>
        code !== undefined && (code === '0000' || /^d[89a-f]/i.test(code)) ? '\\ufffd' : all,
      )
    : json;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** The longest grapheme that is kept whole; a longer one is a letter under a tower of marks. */
const LONG_GRAPHEME = 64;

/**
 * The beginning of a text, at most `most` UTF-16 code units, cut between two graphemes (what people see as one character), so that no
 * emoji is torn and no half of a surrogate pair is left.
 */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (const { index, segment } of segmenter.segment(text.slice(0, most + LONG_GRAPHEME))) {
    if (index + segment.length > most) break;
    end = index + segment.length;
  }
  if (end > 0 || most < 1) return text.slice(0, end);
  return text.slice(0, most).replace(/\p{Cs}$/u, '');
}
