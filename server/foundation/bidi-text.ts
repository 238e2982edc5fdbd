/** Characters that can change the direction of the text around them: right-to-left letters, and controls of direction. */
const REORDERS =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * Returns a text that can be put into a sentence without reordering the words around it, as `<bdi>` does in HTML: between the isolate
 * characters of Unicode's bidirectional algorithm (UAX #9), which are not shown. Isolates inside the text are balanced first, so that the
 * text cannot end its own. A text that cannot reorder anything is returned unchanged.
 */
export function isolated(text: string): string {
  if (!REORDERS.test(text)) return text;
  let open = 0;
  let balanced = '';
  for (const character of text) {
    if (character >= '\u2066' && character <= '\u2068') open += 1;
    else if (character === POP_ISOLATE) {
      if (open === 0) continue;
      open -= 1;
    }
    balanced += character;
  }
  return `${FIRST_STRONG_ISOLATE}${balanced}${POP_ISOLATE.repeat(open + 1)}`;
}

/** Isolates the texts among the values of a message; other values stay as they are. */
export const isolatedValues = <T>(values: T): T =>
  values && typeof values === 'object'
    ? (Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          typeof value === 'string' ? isolated(value) : value,
        ]),
      ) as T)
    : values;

/** Returns the direction of the texts of a language, for `dir` attributes. */
export const directionOf = (locale: string): 'ltr' | 'rtl' =>
  /^(ar|arc|ckb|dv|fa|he|ks|ku-arab|pa-arab|ps|sd|syr|ug|ur|yi)\b/i.test(locale) ? 'rtl' : 'ltr';
