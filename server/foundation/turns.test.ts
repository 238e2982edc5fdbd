import { expect, test } from 'vitest';
import { newTurns } from './turns';

/** Work that waits until it is let go, and what has begun so far. */
function work() {
  const begun: string[] = [];
  const ends = new Map<string, (fails?: Error) => void>();
  const start = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      begun.push(name);
      ends.set(name, (fails) => (fails ? reject(fails) : resolve(name)));
    });
  return { begun, start, end: (name: string, fails?: Error) => ends.get(name)?.(fails) };
}

test('runs a few at once, the others in order, and fewer of one holder than in total', async () => {
  const { begun, start, end } = work();
  const turns = newTurns({ atOnce: 2, most: 4, mostOfOne: 3 });
  const taken = ['a1', 'a2', 'a3'].map((name) => turns.take('a', start(name)));
  expect(turns.take('a', start('a4'))).toBeNull();
  taken.push(turns.take('b', start('b1')));
  expect(turns.take('c', start('c1'))).toBeNull();
  await Promise.resolve();
  expect(begun).toEqual(['a1', 'a2']);
  end('a2');
  expect(await taken[1]).toBe('a2');
  expect(begun).toEqual(['a1', 'a2', 'a3']);
  end('a1', new Error('failed'));
  await expect(taken[0]).rejects.toThrow('failed');
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1']);
  end('a3');
  end('b1');
  await Promise.all([taken[2], taken[3]]);
  const again = turns.take('a', start('a5'));
  await Promise.resolve();
  end('a5');
  expect(await again).toBe('a5');
});
