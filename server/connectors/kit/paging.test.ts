import { expect, test } from 'vitest';
import { plain } from '@/tests/support/plain';
import { allOf, partOf, readPages } from './paging';
import { ConnectorFault } from './types';

const list = Array.from({ length: 5 }, (_, i) => ({ items: [i], next: i < 4 ? i + 1 : null }));
const trouble = (kind: 'transient' | 'rate_limited') => new ConnectorFault(kind, plain('Not now.'));

test('every page is read, and a list cut off by the limit is reported as incomplete', async () => {
  const ask = async (at: number) => list[at] ?? { items: [], next: null };
  expect(await readPages(0, ask, 8)).toEqual({ items: [0, 1, 2, 3, 4], complete: true });
  expect(await readPages(0, ask, 3)).toEqual({ items: [0, 1, 2], complete: false });
});

test('a page that fails temporarily is retried exactly once', async () => {
  const asked: number[] = [];
  const once = async (at: number) => {
    asked.push(at);
    if (asked.filter((a) => a === at).length === 1) throw trouble('transient');
    return list[at] ?? { items: [], next: null };
  };
  expect((await readPages(0, once, 8)).items).toEqual([0, 1, 2, 3, 4]);
  expect(asked).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  await expect(readPages(0, () => Promise.reject(trouble('transient')), 8)).rejects.toThrow('Not now.');
});

test('a rate-limited page is not retried', async () => {
  let asked = 0;
  const limited = () => {
    asked++;
    return Promise.reject(trouble('rate_limited'));
  };
  await expect(readPages(0, limited, 8)).rejects.toThrow('Not now.');
  expect(asked).toBe(1);
});

test('a page that is named twice ends the reading, which is then incomplete', async () => {
  let asked = 0;
  const loop = async (at: number) => {
    asked++;
    return { items: [at], next: (at + 1) % 3 };
  };
  const pages = await readPages(0, loop, 100);
  expect(pages.complete).toBe(false);
  expect(partOf(pages)).toEqual([0, 1, 2]);
  expect(asked).toBe(3);
  const same = await readPages({ after: 'a' }, async () => ({ items: [1], next: { after: 'a' } }), 100);
  expect(same.complete).toBe(false);
});

test('a list of which one page is partial is incomplete', async () => {
  const ask = async (at: number) => ({ ...(list[at] ?? { items: [], next: null }), partial: at === 1 });
  expect(await readPages(0, ask, 8)).toEqual({ items: [0, 1, 2, 3, 4], complete: false });
});

test('the items of an incomplete list cannot be mistaken for all of them', async () => {
  const ask = async (at: number) => list[at] ?? { items: [], next: null };
  const notAll = plain('There is more.');
  expect(allOf(await readPages(0, ask, 8), notAll)).toEqual([0, 1, 2, 3, 4]);
  const some = await readPages(0, ask, 3);
  expect(() => allOf(some, notAll)).toThrow('There is more.');
  // @ts-expect-error: whoever uses the items has to look at `complete`.
  const mapped = () => some.items.map((item: number) => item);
  expect(mapped).toBeTypeOf('function');
});

test('a list whose next page has the same items again is not complete', async () => {
  const again = await readPages(0, async (at) => ({ items: [{ id: 1 }], next: at < 5 ? at + 1 : null }), 100);
  expect(again).toEqual({ items: [{ id: 1 }], complete: false });
  const empty = await readPages(0, async (at) => ({ items: [], next: at < 5 ? at + 1 : null }), 100);
  expect(empty).toEqual({ items: [], complete: true });
});
