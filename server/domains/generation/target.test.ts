import { expect, test } from 'vitest';
import { targetFor } from './target';

test.each([
  ['x', { name: 'X', limit: 280, maxHashtags: 2, aim: { from: 120, to: 250 } }],
  ['linkedin', { name: 'LinkedIn', limit: 3000, maxHashtags: 4, aim: { from: 500, to: 1100 } }],
])('how to write for %s is what it declares', (platform, target) => {
  expect(targetFor(platform)).toEqual({ platform, ...target });
});

test('a platform that declares nothing has the usual terms', () => {
  expect(targetFor('youtube')).toMatchObject({ limit: 5000, maxHashtags: 3, aim: { from: 200, to: 600 } });
});

test.each([
  ['etsy', 'Etsy does not support posts.'],
  ['nowhere', 'This platform does not support posts.'],
])('there is nothing to write for %s', (platform, words) => {
  expect(() => targetFor(platform)).toThrow(words);
});
