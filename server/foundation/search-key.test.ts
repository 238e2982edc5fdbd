import fc from 'fast-check';
import { expect, it } from 'vitest';
import { searchKey } from './search-key';

const SURROGATES = [0xd800, 0xdfff] as const;
/** The Greek iota below a vowel, which becomes a letter of its own in capitals. */
const IOTA_BELOW = /\u0345/;

it('is the same for a letter in every case and form of normalization', () => {
  const different: string[] = [];
  for (let code = 0; code <= 0x1ffff; code++) {
    if (code >= SURROGATES[0] && code <= SURROGATES[1]) continue;
    const letter = String.fromCodePoint(code);
    const forms = [letter.normalize('NFC'), letter.normalize('NFD'), letter.normalize('NFKC')];
    if (!IOTA_BELOW.test(letter.normalize('NFD'))) forms.push(letter.toUpperCase(), letter.toLowerCase());
    const key = searchKey(letter);
    if (forms.some((form) => searchKey(form) !== key)) different.push(`${letter} U+${code.toString(16)}`);
  }
  expect(different).toEqual([]);
});

it('of a beginning is the beginning of the key, so that a word is found while it is typed', () => {
  for (const word of ['Straße', 'ŒUVRE', 'Đà Nẵng', 'ΟΔΟΣ', 'İstanbul', 'Łódź', 'مُحَمَّد'])
    for (let end = 1; end <= word.length; end++)
      expect(searchKey(word).startsWith(searchKey(word.slice(0, end)))).toBe(true);
});

it('is its own key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      expect(searchKey(searchKey(text))).toBe(searchKey(text));
    }),
  );
});
