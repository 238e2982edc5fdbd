import { expect, test } from 'vitest';
import { MAX_TEXT_WORK, newTextWork, textWork, withTextWork } from './text-work';

test('all calls of a request share its limit, and no others', async () => {
  const call = async () => textWork().take(MAX_TEXT_WORK / 2);
  const batch = () => withTextWork(() => Promise.all([call(), call(), call()]));
  expect(await Promise.all([batch(), batch(), call()])).toEqual([
    [true, true, false],
    [true, true, false],
    true,
  ]);
});

test('refuses work that is larger than what is left, and then allows a smaller one', async () => {
  const work = newTextWork(10);
  expect([await work.take(8), await work.take(3), await work.take(2), await work.take(1)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('other requests get a turn before each step', async () => {
  const order: string[] = [];
  const answer = async (name: string) => {
    const work = newTextWork();
    for (const step of [1, 2]) if (await work.take(1)) order.push(`${name}${step}`);
  };
  await Promise.all([
    answer('a'),
    answer('b'),
    new Promise<void>((done) => setImmediate(() => done(void order.push('c')))),
  ]);
  expect(order).toEqual(['a1', 'b1', 'c', 'a2', 'b2']);
});
