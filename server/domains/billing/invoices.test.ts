import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { stripeObjects } from '@/server/sandbox/stripe/tables';
import { findSubscription } from './customer';
import { reconcileSubscriptions } from './reconcile-subscriptions';
import { eachTestPaysForPlan } from './test-payments';

const here = eachTestPaysForPlan();
const { deps, receive, send, cost, balance, customer, pay, renew } = here;

describe('an invoice', () => {
  test('that is paid outside of Stripe is a cost', async () => {
    await pay();
    const invoice = await renew('fails');
    await here.bench.dashboard('invoice', { invoice, becomes: 'paid_outside' });
    await receive();
    expect(await cost()).toBe(5800);
  });

  test.each(['void', 'uncollectible'] as const)('that becomes %s costs nothing', async (becomes) => {
    await pay();
    const invoice = await renew('fails');
    if (becomes === 'void') await here.bench.dashboard('invoice', { invoice, becomes });
    else await here.stripe.invoices.markUncollectible(invoice);
    expect(await receive()).not.toContain('unreadable');
    expect(await cost()).toBe(2900);
  });

  test('that is void although it was booked is taken back', async () => {
    const invoice = await pay();
    await here.db.raw
      .update(stripeObjects)
      .set({ data: { ...invoice, status: 'void', amount_paid: 0 } as never })
      .where(eq(stripeObjects.id, invoice.id));
    await send('invoice.voided', { id: invoice.id, customer: await customer() });
    expect(await cost()).toBe(0);
  });

  test('whose payment event is lost is booked by the comparison, with the credit of a change of plan', async () => {
    await pay();
    const known = await findSubscription(here.world.ctx);
    const id = known?.subscriptionId ?? '';
    const [item] = (await here.stripe.subscriptions.retrieve(id)).items.data;
    const change = (price: string) =>
      here.stripe.subscriptions.update(id, {
        items: [{ id: item?.id ?? '', price }],
        proration_behavior: 'always_invoice',
      });
    await change(here.bench.gateway.prices.agency);
    await change(here.bench.gateway.prices.pro);
    await reconcileSubscriptions(deps());
    // The price of the larger plan was charged and credited again.
    expect(await cost()).toBe(2900);
    expect(await balance('subscription_credit')).toBeGreaterThan(0);
    await renew();
    await reconcileSubscriptions(deps());
    expect(await cost()).toBe(5800);
  });
});
