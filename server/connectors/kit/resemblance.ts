/** What separates two numbers. Without it, "1, 23" and "12, 3" would look alike. */
const BETWEEN_NUMBERS = /(?<=\p{N})[^\p{L}\p{N}]+(?=\p{N})/gu;

/**
 * Returns the letters and digits of a text, in lower case. Two texts with the same letters differ only in spacing, punctuation, symbols or
 * the encoding of characters, which platforms change without telling. A text without letters keeps its symbols.
 */
function lettersOf(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().normalize('NFKC');
  const letters = plain
    .replace(BETWEEN_NUMBERS, '|')
    .replace(/[^\p{L}\p{N}|]|(?<!\p{N})\||\|(?!\p{N})/gu, '');
  return letters === '' ? plain.replace(/[\s\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, '') : letters;
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
