import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storableJson, storableText, truncateText } from './storable';

const whole = (text: string) => !/\p{Cs}/u.test(text);

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
