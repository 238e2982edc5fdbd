const LIGHT: readonly (readonly [number, number])[] = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
];
const URL_PATTERN =
  /https?:\/\/[^\s<>"]+|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|app|co|edu|gov|info|me|shop|store|blog|ai|uk|de|fr|np|in)(?![\w-])(?:\/[^\s<>"]*)?/giu;
const URL_WEIGHT = 23;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Returns how much of the 280 a text uses: a link counts 23, an emoji or a wide character 2, anything else 1. */
export function weightedLength(text: string): number {
  let weight = 0;
  const rest = text.normalize('NFC').replace(URL_PATTERN, () => {
    weight += URL_WEIGHT;
    return '';
  });
  for (const { segment } of graphemes.segment(rest)) {
    if (
      /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(segment) &&
      !/^[\d#*©®™]$/u.test(segment)
    ) {
      weight += 2;
      continue;
    }
    for (const char of segment) {
      const code = char.codePointAt(0) ?? 0;
      weight += LIGHT.some(([from, to]) => code >= from && code <= to) ? 1 : 2;
    }
  }
  return weight;
}
