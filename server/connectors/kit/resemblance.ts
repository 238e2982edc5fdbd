/** What separates two numbers. Without it, "1, 23" and "12, 3" would look alike. */
const BETWEEN_NUMBERS = /(?<=\p{N})[^\p{L}\p{N}]+(?=\p{N})/gu;

/**
 * Returns a text without the rest of each long run of combining marks, because putting one in order takes quadratic time:
 * https://unicode.org/reports/tr15/#Stream_Safe_Text_Format
 */
export const withoutLongRuns = (text: string): string => text.replace(/(\p{M}{30})\p{M}+/gu, '$1');

/**
 * Returns the letters and digits of a text, in lower case. Two texts with the same letters differ only in spacing, punctuation, symbols or
 * the encoding of characters, which platforms change without telling. Invisible characters are omitted, also
 * those that are letters (the Hangul fillers). A text without letters keeps its symbols.
 */
function lettersOf(text: string): string {
  const plain = withoutLongRuns(text)
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const letters = plain
    .replace(BETWEEN_NUMBERS, '|')
    .replace(/[^\p{L}\p{N}|]|(?<!\p{N})\||\|(?!\p{N})/gu, '');
  return letters === '' ? plain.replace(/[\s\p{Cc}]/gu, '') : letters;
}

/** Least number of letters by which the beginning of a text is recognized. */
const BEGINNING = 20;

/**
 * Whether a text that a platform shows may be the one that was sent, after a change that we do not know: both have the same letters, or
 * the shown text is cut off. Never true for two empty texts.
 */
export function resembles(shown: string, sent: string): boolean {
  const [a, b] = [lettersOf(shown), lettersOf(sent)];
  if (a === b) return a !== '';
  return /(?:…|\.\.\.)\s*$/.test(shown) && a.length >= BEGINNING && b.startsWith(a);
}

/**
 * The same for a text in which the platform shows something else, of at most `longest` letters, in place of everything that `gap` matches:
 * the letters around it are the same and in the same order. False if `gap` matches nothing.
 */
export function resemblesAround(shown: string, sent: string, gap: RegExp, longest: number): boolean {
  const parts = sent
    .split(gap)
    .map(lettersOf)
    .map((part) => part.replace(/[^\p{L}\p{N}|]/gu, ''));
  const [first = '', ...others] = parts;
  const last = others.pop();
  const letters = lettersOf(shown);
  if (last === undefined || !letters.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = letters.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const known = parts.join('').length;
  return (
    letters.length >= at + last.length &&
    letters.endsWith(last) &&
    letters.length <= known + (parts.length - 1) * longest
  );
}
