import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import {
  capitalize,
  firstGrapheme,
  storableJson,
  storableText,
  truncateBytes,
  truncateText,
  withoutBrokenEnd,
} from './storable';
import { hasVisibleText } from './visible-text';

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

const unit = fc.oneof(
  fc.constantFrom(...CHARACTERS),
  fc.constantFrom(...'\u200D\u0301\u094Dक\uFE0F🇳🇵👩🏽\u0600\u200B\r\n'),
  fc.string({ unit: 'binary', maxLength: 2 }),
  fc.constantFrom('\uD83D', '\uDE00'),
);
it('cuts any text where a segmenter that has seen all of it ends a grapheme', () => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), fc.nat(60), (units, most) => {
      const text = units.join('');
      const segments = [...segmenter.segment(text)];
      const ends = segments.map(({ index, segment }) => index + segment.length);
      const first = ends[0] ?? 0;
      if (first <= 64)
        expect(truncateText(text, most)).toBe(text.slice(0, ends.findLast((end) => end <= most) ?? 0));
      const inBytes = ends.findLast((end) => bytes(text.slice(0, end)) <= most) ?? 0;
      expect(truncateBytes(text, most)).toBe(text.slice(0, inBytes));
      const seen = segments.find(({ segment }) => hasVisibleText(segment))?.segment ?? '';
      expect(firstGrapheme(text)).toBe(seen);
    }),
    { numRuns: 1_000 },
  );
});

it.each(['漢', 'é', '👩‍👩‍👧‍👦', 'नि', 'e\u0301 '])(
  'segments only what is near the cut of a long text of %j',
  (character) => {
    const text = character.repeat(50_000);
    const segment = vi.spyOn(Intl.Segmenter.prototype, 'segment');
    truncateText(text, 100_001);
    truncateBytes(text, 100_001);
    firstGrapheme('\u200B'.repeat(50_000) + text);
    const segmented = segment.mock.calls.reduce((sum, [input]) => sum + input.length, 0);
    segment.mockRestore();
    expect(segmented).toBeLessThan(1_000);
  },
);

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

it('removes the rest of a cut character from any text', () => {
  const end = /[\p{Cs}\uFFFD\u200D]*[\p{Cs}\uFFFD](?=(?:…|\.{3})?$)/u;
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...'a .…\uFFFD\u200D', '\uD83D', '\uDE00'), { maxLength: 12 }),
      (units) => {
        const text = units.join('');
        const rest = end.test(text) ? text.replace(end, '').trimEnd() || text : text;
        expect(withoutBrokenEnd(text)).toBe(rest);
      },
    ),
    { numRuns: 1_000 },
  );
  // Searching from each of them to the end would not finish.
  const broken = '\uFFFD'.repeat(300_000);
  expect(withoutBrokenEnd(`${broken}a`)).toBe(`${broken}a`);
  expect(withoutBrokenEnd(`a${broken}`)).toBe('a');
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
