import { DIGITS } from './digits';

/**
 * Folds texts for searching, so that a search ignores how characters are composed (NFC, NFD), their case, width and accents, invisible
 * characters, the script of digits, and how quotation marks, dashes and white space are typed. `searchKey` is used in the browser, and `tributary.search_key`
 * (migration 0002) in the database, which stores its keys. A change of the rules needs a new migration; db/search.test.ts compares the two.
 */

/**
 * Ranges of code points that a search ignores: accents and the vowel signs that Arabic and Hebrew leave out, tatweel, joiners, direction
 * marks, soft hyphens, variation selectors and tags. Marks without which another word remains (vowels of Indic scripts, Thai and Khmer,
 * voicing in Japanese) are not in the list.
 */
const IGNORED_RANGES: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x483, 0x489],
  [0x591, 0x5bd],
  [0x5bf, 0x5bf],
  [0x5c1, 0x5c2],
  [0x5c4, 0x5c5],
  [0x5c7, 0x5c7],
  [0x610, 0x61a],
  [0x61c, 0x61c],
  [0x640, 0x640],
  [0x64b, 0x65f],
  [0x670, 0x670],
  [0x6d6, 0x6dc],
  [0x6df, 0x6e4],
  [0x6e7, 0x6e8],
  [0x6ea, 0x6ed],
  [0x711, 0x711],
  [0x730, 0x74a],
  [0x898, 0x89f],
  [0x8ca, 0x8e1],
  [0x8e3, 0x8ff],
  [0x180b, 0x180f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x20d0, 0x20f0],
  [0x2de0, 0x2dff],
  [0xa66f, 0xa672],
  [0xa674, 0xa67d],
  [0xa69e, 0xa69f],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0xfeff, 0xfeff],
  [0xe0000, 0xe0fff],
];
const hex = (code: number) => `\\u{${code.toString(16)}}`;
const rangesOf = (ranges: typeof IGNORED_RANGES) =>
  `[${ranges.map(([from, to]) => `${hex(from)}-${hex(to)}`).join('')}]+`;
const IGNORED = new RegExp(rangesOf(IGNORED_RANGES), 'gu');

/** White space, of which a run is one space. Unicode decomposes all other white space to a space. */
const SPACE_RANGES: readonly (readonly [number, number])[] = [
  [0x9, 0xd],
  [0x20, 0x20],
  [0x85, 0x85],
  [0x1680, 0x1680],
  [0x2028, 0x2029],
];
const SPACES = new RegExp(rangesOf(SPACE_RANGES), 'gu');

/** Letters that stand for two others, in both cases. `ß` becomes two letters by its own capital. */
const LIGATURES: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['ẞ', 'ss'],
  ['æ', 'ae'],
  ['Æ', 'ae'],
  ['œ', 'oe'],
  ['Œ', 'oe'],
  ['þ', 'th'],
  ['Þ', 'th'],
];
const signs = (typographic: string, typed: string) =>
  Array.from(typographic, (sign): [string, string] => [sign, typed]);
/**
 * Letters that Unicode does not decompose although they are written as others with a stroke or in another form, in lower case: the small
 * Greek sigma at the end of a word, the Arabic letters that keyboards of other languages type differently, the alef with a wasla, and the ta
 * at the end of a word, which is often written without its dots. Also digits, and typographic signs for which a keyboard has one key.
 */
const SAME_LETTERS: readonly (readonly [string, string])[] = [
  ['đ', 'd'],
  ['ð', 'd'],
  ['ħ', 'h'],
  ['ł', 'l'],
  ['ø', 'o'],
  ['ŧ', 't'],
  ['ς', 'σ'],
  ['ى', 'ي'],
  ['ی', 'ي'],
  ['ک', 'ك'],
  ['\u0671', 'ا'],
  ...signs('\u0629\u06be\u06c1\u06c3\u06d5', '\u0647'),
  ...DIGITS,
  ...signs('\u2018\u2019\u201a\u201b\u02bb\u02bc\u2032\u055a\u05f3', "'"),
  ...signs('\u201c\u201d\u201e\u201f\u05f4', '"'),
  ...signs('\u2010\u2012\u2013\u2014\u2015\u2212\u05be', '-'),
  ...signs('\u2044\u2215', '/'),
  ...signs('\u066a', '%'),
  ...signs('\u301c', '~'),
  ...signs('\u00d7', 'x'),
];
/** Two primes, into which Unicode decomposes the double one, are a quotation mark. */
const DOUBLE_PRIME = ['\u2032\u2032', '"'] as const;
const SAME = new Map([...LIGATURES, ...SAME_LETTERS]);

/** Removes what a search ignores, except for case. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(IGNORED, '')
    .replaceAll(...DOUBLE_PRIME)
    .normalize('NFC');
const oneSpace = (text: string): string => text.replace(SPACES, ' ');
/** Capitals decide which small letters are the same: those of `ı`, `ſ` and `ς` are the capitals of `i`, `s` and `σ`. */
const small = (text: string): string => text.toLowerCase().toUpperCase().toLowerCase();

/**
 * Returns a text as it is compared in a search. A text matches a term if its key contains the term's key. Empty for a text that consists of
 * ignored characters. Depends on no language: `İ`, `I`, `ı` and `i` are one letter.
 */
export function searchKey(text: string): string {
  // The fast way for ASCII.
  if (/^[\0-\x7f]*$/.test(text)) return oneSpace(text.toLowerCase());
  let key = '';
  for (const letter of small(plain(text))) key += SAME.get(letter) ?? letter;
  return oneSpace(key);
}
