/** What a password must have. Also run in the browser while the person types, which gets the words from the page. */
export const PASSWORD_RULES = [
  { id: 'length', test: (v: string) => [...v].length >= 8 },
  { id: 'upper', test: (v: string) => /\p{Lu}/u.test(v) },
  { id: 'lower', test: (v: string) => /\p{Ll}/u.test(v) },
  { id: 'digit', test: (v: string) => /\p{Nd}/u.test(v) },
  { id: 'special', test: (v: string) => /[^\p{L}\p{N}\s]/u.test(v) },
] as const;

/** Hashing takes time in proportion to the length, so a stranger may not send a book. */
export const PASSWORD_MAX = 200;

/** The rules that a password does not keep. */
export const brokenRules = (value: string) => PASSWORD_RULES.filter((rule) => !rule.test(value));
