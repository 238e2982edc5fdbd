import { expect, test } from 'vitest';
import { arranged, moved, putBack } from './arrange';
import type { MediaDraft } from './types';

const list = (...ids: string[]): MediaDraft[] =>
  ids.map((fileId) => ({
    fileId,
    alt: '',
    kind: 'picture',
    mime: 'image/png',
    bytes: 1,
    width: 1,
    height: 1,
    durationMs: null,
  }));
const ids = (media: MediaDraft[]) => media.map((m) => m.fileId).join('');

test('moves a file up and down, and ignores one that is gone', () => {
  expect(ids(moved(list('a', 'b', 'c'), 'c', 0))).toBe('cab');
  expect(ids(moved(list('a', 'b', 'c'), 'a', 1))).toBe('bac');
  expect(ids(moved(list('a', 'b'), 'z', 0))).toBe('ab');
});

test('a removed file returns to its place, and only once', () => {
  const [b] = list('b');
  if (!b) throw new Error('The list is empty');
  expect(ids(putBack(list('a', 'c'), b, 1))).toBe('abc');
  expect(ids(putBack(list('b', 'a'), b, 1))).toBe('ba');
  expect(ids(putBack([], b, 3))).toBe('b');
});

test('applies the given order; files that it does not name come last', () => {
  expect(ids(arranged(list('a', 'b', 'c'), ['c', 'a', 'b']))).toBe('cab');
  expect(ids(arranged(list('a', 'new', 'b'), ['b', 'a']))).toBe('banew');
  expect(ids(arranged(list('a'), ['gone', 'a']))).toBe('a');
});
