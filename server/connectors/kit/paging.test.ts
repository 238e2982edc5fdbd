import { expect, test } from 'vitest';
import { plain } from '@/tests/support/plain';
import { readPages } from './paging';
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
