import latinAccents from 'twitter-text/dist/regexp/latinAccentChars.js';
import domainCharacter from 'twitter-text/dist/regexp/validDomainChars.js';
import before from 'twitter-text/dist/regexp/validUrlPrecedingChars.js';

/** What a character can be in a link, by twitter-text's own classes. They know only UTF-16 code units. */

/** Part of a domain name. Neither a hyphen nor an underscore, which stand only within one. */
export const DOMAIN = 1;
/** Stands before a link. */
export const BEFORE = 2;
/** Part of a domain that needs no https:// before it. A hyphen is one. */
export const ASCII = 4;
const SEEN = 8;

const CLASSES = [
  [DOMAIN, new RegExp(`^.${domainCharacter.source}`, 'is')],
  // Its own pattern also matches at the beginning of a text.
  [BEFORE, new RegExp(`^.${before.source}.`, 'is')],
  [ASCII, new RegExp(`^.[-a-z0-9${latinAccents.source}]`, 'is')],
] as const;
const known = new Uint8Array(0x1_0000);

/** Whether the character of a text at an offset belongs to one of these classes. */
export function isAt(text: string, at: number, classes: number): boolean {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return false;
  let found = known[code] ?? 0;
  if (found === 0) {
    found = SEEN;
    for (const [name, pattern] of CLASSES) if (pattern.test(`.${text[at]}.`)) found |= name;
    known[code] = found;
  }
  return (found & classes) !== 0;
}
