import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText, storableJson, storableText } from './storable';

const whole = (text: string) => !/\p{Cs}/u.test(text);

it('what was cut is a beginning, no longer than asked, and no character of it is torn', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(60), (text, most) => {
      const cut = cutText(text, most);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(most);
      expect(whole(cut)).toBe(true);
    }),
  );
});

it('an emoji of many parts is kept or left out', () => {
  const family = '👩‍👩‍👧‍👦';
  expect(cutText(`ab${family}`, 5)).toBe('ab');
  expect(cutText(`ab${family}c`, 2 + family.length)).toBe(`ab${family}`);
});

it('a letter under a tower of marks is cut all the same', () => {
  expect(cutText(`e${'\u0301'.repeat(500)}`, 10)).toHaveLength(10);
});

it('a text of JSON says the same, without what the database cannot hold', () => {
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
