import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  capitalize,
  firstGrapheme,
  storableJson,
  storableText,
  truncateBytes,
  truncateText,
  withoutBrokenEnd,
} from './storable';

const whole = (text: string) => !/\p{Cs}/u.test(text);

/** Characters of several code points, and some of one, that a cut at a code unit or code point would break. */
const CHARACTERS = [
  'a',
  ' ',
  'é',
  'e\u0301',
  '👩‍👩‍👧‍👦',
  '👍🏽',
  '🏳️‍🌈',
  '🇳🇵',
  '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
  '1️⃣',
  '❤️',
  '😀',
  'नि',
  'ที่',
  'ம்',
  '각',
  '\u1100\u1161\u11A8',
  '漢',
  '\r\n',
] as const;
const writing = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 60 });
/** Returns the positions between the characters. Flags are separated by the way the text is built, not by a segmenter. */
function boundaries(characters: readonly string[]): number[] {
  const ends = [0];
  for (const character of characters) ends.push((ends.at(-1) ?? 0) + character.length);
  return ends;
}
const bytes = (text: string) => Buffer.byteLength(text);

it('cuts only between characters, and no earlier than necessary', () => {
  fc.assert(
    fc.property(writing, fc.nat(200), (characters, most) => {
      const text = characters.join('');
      const ends = boundaries(characters);
      expect(truncateText(text, most)).toBe(
        text.slice(
          0,
          ends.findLast((end) => end <= most),
        ),
      );
      const inBytes = ends.findLast((end) => bytes(text.slice(0, end)) <= most) ?? 0;
      expect(truncateBytes(text, most)).toBe(text.slice(0, inBytes));
    }),
  );
});

it('cuts any text to a prefix of at most the given bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(120), (text, most) => {
      const cut = truncateBytes(text, most);
      expect(text.startsWith(cut)).toBe(true);
      expect(bytes(cut)).toBeLessThanOrEqual(most);
      expect(whole(cut)).toBe(true);
    }),
  );
});

it.each([
  ['👩‍👩‍👧 Family', '👩‍👩‍👧'],
  ['🇳🇵🇩🇪', '🇳🇵'],
  ['e\u0301a', 'e\u0301'],
  ['\u200Fשלום', 'ש'],
  ['\u200B a', 'a'],
  ['\u200B', ''],
  ['', ''],
])('returns the first visible character of %j', (text, first) => {
  expect(firstGrapheme(text)).toBe(first);
});

it('capitalizes the first letter only, whatever its length', () => {
  expect(capitalize('öl')).toBe('Öl');
  expect(capitalize('𐐨b')).toBe('𐐀b');
  expect(capitalize('👩‍👩‍👧 b')).toBe('👩‍👩‍👧 b');
  expect(capitalize('')).toBe('');
});

it.each([
  ['Planner \uFFFD', 'Planner'],
  ['Planner \uD83D', 'Planner'],
  ['Planner ', 'Planner '],
  ['Planner 👩\u200D\uFFFD', 'Planner 👩'],
  ['Planner \uFFFD…', 'Planner …'],
  ['Planner \uD83D...', 'Planner ...'],
  ['ه\u200D', 'ه\u200D'],
  ['Planner 👩', 'Planner 👩'],
  ['a\uFFFDb', 'a\uFFFDb'],
  ['\uFFFD', '\uFFFD'],
])('removes the rest of a cut character from the end of %j', (text, repaired) => {
  expect(withoutBrokenEnd(text)).toBe(repaired);
});

it('removes half an emoji from the end of a string in JSON', () => {
  const titleOf = (json: string) => JSON.parse(storableJson(json)).title;
  expect(titleOf('{"title":"Planner \\ud83d"}')).toBe('Planner ');
  expect(titleOf('{"title":"Planner \\ud83d\\ude00"}')).toBe('Planner 😀');
  expect(titleOf('{"title":"Planner \\ud83d!"}')).toBe('Planner \uFFFD!');
  expect(titleOf('{"title":"\\ud83d"}')).toBe('\uFFFD');
});

it('cuts a text to a prefix of at most the given length, without splitting a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(60), (text, most) => {
      const cut = truncateText(text, most);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(most);
      expect(whole(cut)).toBe(true);
    }),
  );
});

it('keeps or drops an emoji of several parts as a whole', () => {
  const family = '👩‍👩‍👧‍👦';
  expect(truncateText(`ab${family}`, 5)).toBe('ab');
  expect(truncateText(`ab${family}c`, 2 + family.length)).toBe(`ab${family}`);
});

it('also cuts a letter with a long stack of combining marks', () => {
  expect(truncateText(`e${'\u0301'.repeat(500)}`, 10)).toHaveLength(10);
});

it('replaces in a JSON text only what the database cannot store', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const json = JSON.stringify(value);
      expect(JSON.stringify(JSON.parse(storableJson(json)))).not.toMatch(
        /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i,
      );
    }),
  );
  const kept = '{"a":"\\\\u0000 \\ud83d\\ude00 \\n \\u00e9"}';
  expect(JSON.parse(storableJson(kept))).toEqual(JSON.parse(kept));
  expect(JSON.parse(storableJson('{"a":"x\\u0000y\\ud800z\\udc00"}'))).toEqual({
    a: 'x\uFFFDy\uFFFDz\uFFFD',
  });
  expect(storableText('x\u0000y\ud800😀')).toBe('x\uFFFDy\uFFFD😀');
  expect(storableText('a\uFFFEb\u{1FFFF}')).toBe('a\uFFFDb\uFFFD');
});
