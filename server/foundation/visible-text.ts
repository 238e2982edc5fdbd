/**
 * Characters by which nothing is seen: spaces, controls, formats (joiners, marks of direction, tags), what Unicode tells programs to leave out
 * (Default_Ignorable_Code_Point: soft hyphen, Hangul fillers, variation selectors), marks that need another character to stand on,
 * and characters that are drawn as a blank: Braille without dots, the musical null notehead, the blanks of hieroglyphs, and the
 * place of an object that is not there.
 */
const SEEN =
  /[^\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\u{1D159}\u{13441}-\u{13446}]/u;

/** Whether a person who is shown this text sees anything. The one answer to "is it empty" for whatever people write. */
export const showsSomething = (text: string): boolean => SEEN.test(text);
