/** Password requirements. The browser also checks them while the user types; the page supplies the texts. */
export const PASSWORD_RULES = [
  { id: 'length', test: (v: string) => [...v].length >= 8 },
  { id: 'upper', test: (v: string) => /\p{Lu}/u.test(v) },
  { id: 'lower', test: (v: string) => /\p{Ll}/u.test(v) },
  { id: 'digit', test: (v: string) => /\p{Nd}/u.test(v) },
  { id: 'special', test: (v: string) => /[^\p{L}\p{N}\s]/u.test(v) },
] as const;

/** Maximum length, in characters. Hashing time grows with the length, so an unauthenticated client must not send megabytes. */
export const PASSWORD_MAX = 200;

/** Returns the rules that a password violates. */
export const brokenRules = (value: string) => PASSWORD_RULES.filter((rule) => !rule.test(value));
