import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resembles, resemblesAround } from './resemblance';

it.each([
  ['Tea – for everyone!', 'Tea for everyone', true],
  ['ｔｅａ for everyone', 'Tea for everyone', true],
  ['Tea for every\u200Bone', 'Tea for everyone', true],
  ['Tea for everyone', 'Tea\u3164 for\u115F every\u1160one\uFFA0', true],
  ['Post 12', 'Post 1\u200B2', true],
  ['', '\u3164', false],
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

it.each([
  ['Thanks Example Shop!', 'Thanks @[12]!', true],
  ['Example Shop and Other: thanks', '@[12] and @[13]: thanks', true],
  ['3M, thanks', '@[12], thanks', true],
  ['Example Shop', '@[12]', true],
  ['Thanks a lot, Example Shop', 'Thanks @[12] a lot', false],
  ['Thanks Example Shop, see you on Monday', 'Thanks @[12]', false],
  ['ab', 'ab @[12] b', false],
  ['Thanks', 'Thanks', false],
])('whether %j may be %j with names of up to 12 letters', (shown, sent, may) => {
  expect(resemblesAround(shown, sent, /@\[\d+\]/, 12)).toBe(may);
});
