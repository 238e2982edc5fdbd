/** What a password must have, in the words of the form. Also run in the browser while the person types. */
export const PASSWORD_RULES: readonly { id: string; label: string; test: (value: string) => boolean }[] = [
  { id: 'length', label: 'At least 8 characters', test: (v) => [...v].length >= 8 },
  { id: 'upper', label: 'One capital letter', test: (v) => /\p{Lu}/u.test(v) },
  { id: 'lower', label: 'One small letter', test: (v) => /\p{Ll}/u.test(v) },
  { id: 'digit', label: 'One digit', test: (v) => /\p{Nd}/u.test(v) },
  { id: 'special', label: 'One special character, such as - or #', test: (v) => /[^\p{L}\p{N}\s]/u.test(v) },
];

/** Hashing takes time in proportion to the length, so a stranger may not send a book. */
export const PASSWORD_MAX = 200;

/** The rules that a password does not keep. */
export const brokenRules = (value: string) => PASSWORD_RULES.filter((rule) => !rule.test(value));
