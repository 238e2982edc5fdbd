import { expect, it, vi } from 'vitest';
import { assertNoneFailed, eachPagedRow, eachRow } from './each-row';

vi.stubEnv('TRIBUTARY_LOG', 'silent');

it('processes every row even if some throw, and counts both outcomes', async () => {
  const seen: number[] = [];
  const swept = await eachRow([1, 2, 3, 4], {
    what: 'Counting',
    of: (n) => ({ n }),
    async work(n) {
      seen.push(n);
      if (n % 2) throw new Error('odd');
    },
  });
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(swept).toEqual({ done: 2, failed: 2 });
  expect(() => assertNoneFailed(swept, 'Counting')).toThrow('2 of the rows');
  expect(() => assertNoneFailed({ done: 9, failed: 0 }, 'Counting')).not.toThrow();
});

it('pages past rows that fail every time', async () => {
  const rows = Array.from({ length: 95 }, (_, i) => i);
  const done: number[] = [];
  const swept = await eachPagedRow<number>({
    what: 'Counting',
    of: (n) => ({ n }),
    read: async (after) => rows.filter((n) => after === null || n > after).slice(0, 10),
    async work(n) {
      if (n < 90) throw new Error('always');
      done.push(n);
    },
  });
  expect(done).toEqual([90, 91, 92, 93, 94]);
  expect(swept).toEqual({ done: 5, failed: 90, next: null });
});

it('continues where the previous call stopped early', async () => {
  const rows = Array.from({ length: 25 }, (_, i) => i);
  const seen: number[] = [];
  let from: number | null = null;
  const calls: (number | null)[] = [];
  do {
    const swept: { next: number | null } = await eachPagedRow<number>({
      what: 'Counting',
      of: (n) => ({ n }),
      from,
      goOn: () => false,
      read: async (after) => rows.filter((n) => after === null || n > after).slice(0, 10),
      work: async (n) => seen.push(n),
    });
    from = swept.next;
    calls.push(from);
  } while (from !== null);
  expect(seen).toEqual(rows);
  expect(calls).toEqual([9, 19, 24, null]);
});
