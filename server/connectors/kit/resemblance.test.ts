import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resembles } from './resemblance';

it.each([
  ['Tea – for everyone!', 'Tea for everyone', true],
  ['ｔｅａ for everyone', 'Tea for everyone', true],
  ['Tea for every\u200Bone', 'Tea for everyone', true],
  ['A text that is cut off somewh…', 'A text that is cut off somewhere', true],
  ['Soon…', 'Soon there is more', false],
  ['Episode 12', 'Episode 13', false],
  ['Post 1 2', 'Post 12', false],
  ['Post | 1', 'Post 1', true],
  ['今日の手帳', '今日の手帳。', true],
  ['🔥', '🔥\uFE0F', true],
  ['🔥', '🎉', false],
  ['', '', false],
  ['', '!', false],
])('whether %j may be %j after a change by the platform', (shown, sent, may) => {
  expect(resembles(shown, sent)).toBe(may);
});

it('holds for every text and itself, however its white space and punctuation change', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[\p{L}\p{N}]{1,9}$/u), { minLength: 1 }), (words) => {
      expect(resembles(words.join(' '), ` ${words.join(' — ')}!\n`)).toBe(true);
    }),
  );
});
