/**
 * Matches a visible character. Invisible are spaces, controls, format characters (joiners, direction marks, tags), characters that Unicode
 * tells programs to ignore (Default_Ignorable_Code_Point: soft hyphen, Hangul fillers, variation selectors), combining marks, which need a
 * base character, and characters that are drawn as a blank: Braille without dots, the musical null notehead, the blanks of hieroglyphs, and
 * the object replacement character.
 */
const SEEN =
  /[^\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\u{1D159}\u{13441}-\u{13446}]/u;

/** Whether a text contains a visible character. The only test for whether a user's text is empty. */
export const hasVisibleText = (text: string): boolean => SEEN.test(text);

/** Returns the offset of the first visible character, or -1. */
export const firstVisibleAt = (text: string): number => text.search(SEEN);
