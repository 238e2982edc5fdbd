import { describe, expect, test } from 'vitest';
import { listPayments } from './list-payments';
import { readSummary } from './queries';
import { eachTestPaysForPlan } from './test-payments';

const here = eachTestPaysForPlan();
const { news, deliver, receive, cost, balance, transactions, texts, openAlert, pay, renew } = here;

describe('a credit note', () => {
  test('that refunds is booked once, by its refund', async () => {
    const { id: invoice } = await pay();
    await here.bench.dashboard('credit', { invoice, cents: 1000, as: 'refund' });
    await receive();
    expect(await cost()).toBe(1900);
    expect(await transactions()).toHaveLength(2);
  });

  test('that is linked to a refund made before is not booked again', async () => {
    const { id: invoice } = await pay();
    const { refund = '' } = await here.bench.dashboard('refund', { invoice, cents: 1000 });
    await here.stripe.creditNotes.create({
      invoice,
      amount: 1000,
      refunds: [{ refund, amount_refunded: 1000 }],
    });
    await receive();
    expect(await cost()).toBe(1900);
  });

  test('that credits later invoices lowers the cost now, and using it costs as much as paying', async () => {
    const { id: invoice } = await pay();
    await here.bench.dashboard('credit', { invoice, cents: 1000, as: 'credit' });
    await receive();
    expect([await cost(), await balance('subscription_credit'), await balance('owner_funds')]).toEqual([
      1900, 1000, -2900,
    ]);
    expect((await texts()).at(-1)).toBe('Credit for your next payments');
    await renew();
    await receive();
    expect([await cost(), await balance('subscription_credit'), await balance('owner_funds')]).toEqual([
      4800, 0, -4800,
    ]);
    expect(await texts()).toContain('Paid with your credit');
  });

  test('paid outside of Stripe is booked itself', async () => {
    const { id: invoice } = await pay();
    await here.bench.dashboard('credit', { invoice, cents: 1000, as: 'outside' });
    await receive();
    expect(await cost()).toBe(1900);
  });

  test('before the payment only lowers the payment', async () => {
    await pay();
    const invoice = await renew('fails');
    await here.bench.dashboard('credit', { invoice, cents: 1000 });
    await receive();
    expect(await cost()).toBe(2900);
    await renew('pays');
    await receive();
    expect(await cost()).toBe(2900 + 1900);
  });

  test('that is voided before the payment changes nothing', async () => {
    await pay();
    const invoice = await renew('fails');
    const { creditNote = '' } = await here.bench.dashboard('credit', { invoice, cents: 1000 });
    await here.stripe.creditNotes.voidCreditNote(creditNote);
    await renew('pays');
    await receive();
    expect(await cost()).toBe(5800);
  });

  test('whose refund fails is taken back', async () => {
    const { id: invoice } = await pay();
    const note = await here.bench.dashboard('credit', { invoice, cents: 1000, as: 'refund' });
    const [link] = (await here.stripe.creditNotes.retrieve(note.creditNote ?? '')).refunds;
    await receive();
    await here.bench.dashboard('refund-ends', { refund: link?.refund, outcome: 'fails' });
    await receive();
    expect(await cost()).toBe(2900);
  });
});

describe('a dispute', () => {
  test('takes the payment back, alerts until it is decided, and keeps the plan', async () => {
    const { id: invoice } = await pay();
    const { dispute = '' } = await here.bench.dashboard('dispute', { invoice });
    await receive();
    expect(await cost()).toBe(0);
    const alert = await openAlert();
    expect(alert).toMatchObject({ severity: 'serious', href: '/settings/billing' });
    expect(alert?.title).toSay('A payment of $29.00 for your plan is disputed');
    for (const part of ['$29.00 on ', dispute, 'ask your bank', 'in Stripe']) expect(alert?.body).toSay(part);
    expect((await listPayments(here.world.ctx)).map(({ open }) => open)).toEqual(['undecided', null]);
    expect((await readSummary(here.world.ctx)).plan).toBe('pro');
    await here.bench.dashboard('dispute-ends', { dispute, outcome: 'lost' });
    await receive();
    expect(await cost()).toBe(0);
    expect(await openAlert()).toBeUndefined();
  });

  test('that is won gives the payment back, but its fee is not a cost of the workspace', async () => {
    const { id: invoice } = await pay();
    const { dispute } = await here.bench.dashboard('dispute', { invoice });
    await receive();
    await here.bench.dashboard('dispute-ends', { dispute, outcome: 'won' });
    await receive();
    expect(await cost()).toBe(2900);
    const [, given] = await transactions();
    expect(given?.evidence).toMatchObject({ object: dispute, fee: { amount: 1500, currency: 'usd' } });
    expect((await texts()).at(-1)).toBe('Dispute ended, payment charged again: Tributary Pro plan');
  });

  test('of a part takes that part', async () => {
    const { id: invoice } = await pay();
    await here.bench.dashboard('dispute', { invoice, cents: 900 });
    await receive();
    expect(await cost()).toBe(2000);
  });

  test('that is only an inquiry moves nothing', async () => {
    const { id: invoice } = await pay();
    const { dispute } = await here.bench.dashboard('dispute', { invoice, inquiry: true });
    await receive();
    expect(await cost()).toBe(2900);
    expect(await openAlert()).toBeDefined();
    await here.bench.dashboard('dispute-ends', { dispute, outcome: 'won' });
    await receive();
    expect([await cost(), await openAlert()]).toEqual([2900, undefined]);
  });

  test('and refunds of the same charge together never exceed what was paid, in any order', async () => {
    const { id: invoice } = await pay();
    await here.bench.dashboard('refund', { invoice, cents: 1000 });
    const refund = await news();
    here.world.clock.advance(60_000);
    const { dispute } = await here.bench.dashboard('dispute', { invoice });
    await deliver([...(await news()), ...refund]);
    expect(await cost()).toBe(0);
    await here.bench.dashboard('dispute-ends', { dispute, outcome: 'won' });
    await receive();
    expect(await cost()).toBe(1900);
  });
});
