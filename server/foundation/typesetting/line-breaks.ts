import LineBreaker from 'linebreak';

/** Scripts without spaces between words, for which UAX #14 refers to a dictionary. */
const NEEDS_DICTIONARY = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const words = new Intl.Segmenter('th', { granularity: 'word' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Returns the positions at which a line of text may end (UAX #14), in ascending order and with its own end. */
export function lineBreaks(text: string): number[] {
  const found = new Set<number>([text.length]);
  const breaker = new LineBreaker(text);
  for (let next = breaker.nextBreak(); next; next = breaker.nextBreak()) found.add(next.position);
  if (NEEDS_DICTIONARY.test(text))
    for (const { index, segment } of words.segment(text))
      if (
        index > 0 &&
        NEEDS_DICTIONARY.test(segment) &&
        NEEDS_DICTIONARY.test(text.slice(0, index).at(-1) ?? '')
      )
        found.add(index);
  return [...found].filter((position) => position > 0).sort((a, b) => a - b);
}

/** Returns the ends of the characters as users see them (UAX #29): no line ends within one. */
export const graphemeEnds = (text: string): number[] =>
  [...graphemes.segment(text)].map(({ index, segment }) => index + segment.length);
