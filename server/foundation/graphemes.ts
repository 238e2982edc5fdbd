/** Characters as people see them (grapheme clusters): https://www.unicode.org/reports/tr29/. Pure; also for the browser. */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Code units that are segmented at once. */
const WINDOW = 512;

/**
 * Yields the graphemes of a text in order. In linear time and with little memory: on some engines each segment holds a copy of the whole
 * input, so a long text is cut into pieces, each of which begins where a grapheme does.
 */
export function* graphemesOf(text: string): Generator<string> {
  for (let at = 0, length = WINDOW; at < text.length; ) {
    // A pair of surrogates is one character.
    const cut = at + length + (isHighSurrogate(text.charCodeAt(at + length - 1)) ? 1 : 0);
    const piece = text.slice(at, cut);
    const isLast = cut >= text.length;
    let last = '';
    let end = 0;
    for (const { segment } of segmenter.segment(piece)) {
      if (last) yield last;
      end += last.length;
      last = segment;
    }
    // The last one may continue in the next piece.
    if (isLast) {
      yield last;
      return;
    }
    at += end;
    // A grapheme that is longer than a piece needs a longer one.
    length = end === 0 ? length * 2 : WINDOW;
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** Returns the number of graphemes, or any number above `most` if there are more. */
export function countGraphemes(text: string, most = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (const _ of graphemesOf(text)) if (++count > most) break;
  return count;
}
