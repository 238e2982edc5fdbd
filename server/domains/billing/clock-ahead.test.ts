import { expect, test } from 'vitest';
import { readSummary } from './queries';
import { reconcileSubscriptions } from './reconcile-subscriptions';
import { eachTestPaysForPlan } from './test-payments';

const here = eachTestPaysForPlan();
const { deps, news, receive, deliver, cost, customer, pay } = here;
const DAY_MS = 86_400_000;
const plan = async () => (await readSummary(here.world.ctx)).plan;
const whileAhead = async (aheadMs: number) => {
  here.world.clock.advance(aheadMs);
  await reconcileSubscriptions(deps());
  here.world.clock.advance(-aheadMs);
};
const endSubscription = async () => {
  const [one] = (await here.stripe.subscriptions.list({ customer: await customer() })).data;
  await here.stripe.subscriptions.cancel(one?.id ?? '');
};

test.each([
  ['some minutes', 10 * 60_000],
  ['a day', DAY_MS],
  ['a month', 30 * DAY_MS],
])('what happens at Stripe after the clock was %s ahead is applied', async (_, aheadMs) => {
  const { id: invoice } = await pay();
  await whileAhead(aheadMs);
  await here.bench.dashboard('refund', { invoice });
  await endSubscription();
  const events = await news();
  expect(events.map(({ type }) => type)).toContain('refund.created');
  expect(events.map(({ type }) => type)).toContain('customer.subscription.deleted');
  expect(new Set(await deliver(events))).toEqual(new Set(['done']));
  expect(await cost()).toBe(0);
  expect(await plan()).toBe('free');
});

test('an event that could not be applied after a small correction of the clock is delivered again', async () => {
  await pay();
  await whileAhead(30_000);
  await endSubscription();
  const events = (await news()).filter(({ type }) => type === 'customer.subscription.deleted');
  expect(events).toHaveLength(1);
  await expect(deliver(events)).rejects.toMatchObject({ code: 'conflict' });
  expect(await plan()).toBe('pro');
  here.world.clock.advance(30_000);
  expect(await deliver(events)).toEqual(['done']);
  expect(await plan()).toBe('free');
  await receive();
});
