import { eq } from 'drizzle-orm';
import { unix } from '../http';
import type { World } from '../world';
import { type Card, cardAnswer } from './cards';
import { invalid, noSuch } from './errors';
import { invoiceShape, type Line } from './invoice-shape';
import { changeBalance, chargeInvoice } from './payments';
import {
  customerShape,
  type Period,
  paymentMethodShape,
  subscriptionItemShape,
  subscriptionShape,
} from './shapes';
import {
  emit,
  fixed,
  get,
  list,
  need,
  put,
  type StripeObject,
  stripeId,
  subscriptions,
  type Tx,
} from './store';
import { stripeObjects } from './tables';

type Item = StripeObject & { price: StripeObject; current_period_start: number; current_period_end: number };
const itemsOf = (subscription: StripeObject): Item[] => (subscription.items as { data: Item[] }).data;
export const itemOf = (subscription: StripeObject): Item => itemsOf(subscription)[0] as Item;

function monthAfter(seconds: number): number {
  const at = new Date(seconds * 1000);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + 1);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, last));
  return unix(at);
}

const productName = (price: StripeObject): string =>
  String(fixed(String(price.product))?.name ?? 'Subscription');

async function makeInvoice(
  world: World,
  tx: Tx,
  o: {
    customer: StripeObject;
    subscription: StripeObject;
    reason: Parameters<typeof invoiceShape>[0]['reason'];
    period: Period;
    lines: Line[];
    now: Date;
  },
): Promise<StripeObject> {
  const id = stripeId('in');
  const sequence = Number(o.customer.next_invoice_sequence ?? 1);
  o.customer.next_invoice_sequence = sequence + 1;
  await put(tx, o.customer, null, o.now);
  const { now, ...rest } = o;
  const invoice = invoiceShape({
    ...rest,
    id,
    balance: Number(o.customer.balance ?? 0),
    number: `${o.customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    created: unix(now),
    url: `${world.publicUrl}/stripe/invoice/${id}`,
  });
  o.subscription.latest_invoice = id;
  await put(tx, invoice, o.customer.id, now);
  const used = Number(invoice.ending_balance) - Number(invoice.starting_balance);
  if (used !== 0)
    await changeBalance(tx, o.customer, {
      amount: used,
      creditNote: null,
      description: null,
      invoice: id,
      type: 'applied_to_invoice',
      now,
    });
  return invoice;
}

async function settle(tx: Tx, invoice: StripeObject, pays: boolean, now: Date): Promise<void> {
  invoice.attempted = true;
  invoice.attempt_count = Number(invoice.attempt_count) + 1;
  if (pays) {
    invoice.status = 'paid';
    invoice.amount_paid = invoice.amount_due;
    invoice.amount_remaining = 0;
    invoice.auto_advance = false;
    invoice.next_payment_attempt = null;
    (invoice.status_transitions as Record<string, unknown>).paid_at = unix(now);
    await chargeInvoice(tx, invoice, now);
  } else invoice.next_payment_attempt = unix(now) + 3 * 86_400;
  await put(tx, invoice, String(invoice.customer), now);
  await emit(tx, pays ? 'invoice.paid' : 'invoice.payment_failed', invoice, now);
}

const charges = async (tx: Tx, subscription: StripeObject): Promise<boolean> => {
  const method = await get(tx, 'payment_method', String(subscription.default_payment_method));
  return (method?.card as { last4?: string } | undefined)?.last4 !== '0341';
};

/** Completes a checkout: creates the customer, card, subscription and first invoice, and emits their events. */
export async function completeCheckout(
  world: World,
  sessionId: string,
  o: { email: string; card: Card },
): Promise<{ declined: string } | { session: StripeObject }> {
  const answer = cardAnswer(o.card.number);
  if (!answer.attach || !answer.charge) return { declined: answer.message ?? 'Your card was declined.' };
  return world.db.transaction(async (tx) => {
    const now = world.clock.now();
    const created = unix(now);
    const session = await need(tx, 'checkout.session', sessionId, { lock: true });
    if (session.status === 'complete') return { session };
    if (session.status !== 'open' || Number(session.expires_at) <= created)
      return { declined: 'This checkout has expired. Go back to the app and start again.' };
    const [row] = await tx
      .select()
      .from(stripeObjects)
      .where(eq(stripeObjects.id, `plan_${sessionId}`));
    const price = fixed(String(row?.data.price)) ?? invalid('No such price');
    let customer = session.customer ? await get(tx, 'customer', String(session.customer), true) : null;
    if (customer?.deleted) return { declined: 'Something went wrong. You have not been charged.' };
    if (!customer) {
      customer = customerShape({
        id: stripeId('cus'),
        created,
        email: o.email,
        name: o.card.name,
        metadata: {},
      });
      await put(tx, customer, null, now);
    }
    const method = paymentMethodShape({
      ...o.card,
      id: stripeId('pm'),
      created,
      customer: customer.id,
      email: o.email,
    });
    await put(tx, method, customer.id, now);
    const id = stripeId('sub');
    const period = { start: created, end: monthAfter(created) };
    const item = subscriptionItemShape({ id: stripeId('si'), subscription: id, price, created, period });
    const subscription = subscriptionShape({
      id,
      customer: customer.id,
      created,
      paymentMethod: method.id,
      metadata: (row?.data.metadata ?? {}) as Record<string, string>,
      items: [item],
    });
    const invoice = await makeInvoice(world, tx, {
      customer,
      subscription,
      reason: 'subscription_create',
      period: { start: created, end: created },
      lines: [planLine(price, item, period)],
      now,
    });
    await put(tx, subscription, customer.id, now);
    Object.assign(session, {
      status: 'complete',
      payment_status: 'paid',
      customer: customer.id,
      subscription: id,
      invoice: invoice.id,
      url: null,
      customer_details: {
        address: null,
        business_name: null,
        email: o.email,
        individual_name: null,
        name: o.card.name,
        phone: null,
        tax_exempt: 'none',
        tax_ids: [],
      },
    });
    await put(tx, session, customer.id, now);
    await emit(tx, 'customer.subscription.created', subscription, now);
    await settle(tx, invoice, true, now);
    await emit(tx, 'checkout.session.completed', session, now);
    return { session };
  });
}

const planLine = (price: StripeObject, item: StripeObject, period: Period): Line => ({
  description: `1 × ${productName(price)} (at $${(Number(price.unit_amount) / 100).toFixed(2)} / month)`,
  amount: Number(price.unit_amount),
  price: price.id,
  product: String(price.product),
  period,
  item: item.id,
  proration: false,
});

/** Creates a subscription to any prices without a checkout, paid immediately, as the API or the dashboard can. */
export function createSubscription(
  world: World,
  o: { customer: string; prices: StripeObject[]; metadata: Record<string, string>; now: Date },
): Promise<StripeObject> {
  return world.db.transaction(async (tx) => {
    const created = unix(o.now);
    const customer = await need(tx, 'customer', o.customer, { lock: true });
    const id = stripeId('sub');
    const period = { start: created, end: monthAfter(created) };
    const items = o.prices.map((price) =>
      subscriptionItemShape({ id: stripeId('si'), subscription: id, price, created, period }),
    );
    const { customer: owner, metadata } = o;
    const subscription = subscriptionShape({
      id,
      customer: owner,
      created,
      paymentMethod: null,
      metadata,
      items,
    });
    const lines = o.prices.map((price, i) => planLine(price, items[i] as StripeObject, period));
    const invoice = await makeInvoice(world, tx, {
      customer,
      subscription,
      reason: 'subscription_create',
      period: { start: created, end: created },
      lines,
      now: o.now,
    });
    await put(tx, subscription, owner, o.now);
    await emit(tx, 'customer.subscription.created', subscription, o.now);
    await settle(tx, invoice, true, o.now);
    return subscription;
  });
}

/** Cancels a subscription immediately. */
export async function cancelNow(world: World, tx: Tx, subscription: StripeObject): Promise<StripeObject> {
  const now = world.clock.now();
  Object.assign(subscription, {
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? unix(now),
    ended_at: unix(now),
    cancellation_details: { comment: null, feedback: null, reason: 'cancellation_requested' },
  });
  await put(tx, subscription, String(subscription.customer), now);
  await emit(tx, 'customer.subscription.deleted', subscription, now);
  return subscription;
}

export interface Change {
  cancelAtPeriodEnd?: boolean;
  /** An item with an id is changed or deleted; one without an id is added. */
  items?: { id?: string | undefined; price?: string | undefined; deleted?: boolean }[];
  proration?: 'create_prorations' | 'always_invoice' | 'none';
  metadata?: Record<string, string>;
  paymentMethod?: string;
}

/** Changes a subscription and emits the event. A price difference is charged immediately or with the next invoice, as requested. */
export async function changeSubscription(
  world: World,
  tx: Tx,
  subscription: StripeObject,
  change: Change,
): Promise<StripeObject> {
  if (subscription.status === 'canceled')
    invalid('A canceled subscription can only update its cancellation_details and metadata.');
  const now = world.clock.now();
  const item = itemOf(subscription);
  const previous: Record<string, unknown> = {};
  const set = (key: string, value: unknown) => {
    if (subscription[key] === value) return;
    previous[key] = subscription[key];
    subscription[key] = value;
  };
  if (change.cancelAtPeriodEnd !== undefined) {
    set('cancel_at_period_end', change.cancelAtPeriodEnd);
    set('cancel_at', change.cancelAtPeriodEnd ? item.current_period_end : null);
    set('canceled_at', change.cancelAtPeriodEnd ? unix(now) : null);
    subscription.cancellation_details = {
      comment: null,
      feedback: null,
      reason: change.cancelAtPeriodEnd ? 'cancellation_requested' : null,
    };
  }
  if (change.metadata) set('metadata', { ...(subscription.metadata as object), ...change.metadata });
  if (change.paymentMethod) set('default_payment_method', change.paymentMethod);
  if (change.items) {
    const before = structuredClone(subscription.items);
    const lines = await changeItems(tx, subscription, change.items, now);
    if (lines.length > 0) previous.items = before;
    if (lines.length > 0 && change.proration === 'always_invoice') {
      const customer = await need(tx, 'customer', String(subscription.customer), { lock: true });
      const invoice = await makeInvoice(world, tx, {
        customer,
        subscription,
        reason: 'subscription_update',
        period: { start: unix(now), end: item.current_period_end },
        lines,
        now,
      });
      await settle(tx, invoice, await charges(tx, subscription), now);
    } else if (lines.length > 0 && change.proration !== 'none')
      await put(tx, { id: stripeId('ii'), object: 'pending_lines', lines }, subscription.id, now);
  }
  await put(tx, subscription, String(subscription.customer), now);
  if (Object.keys(previous).length > 0)
    await emit(tx, 'customer.subscription.updated', subscription, now, previous);
  return subscription;
}

/** Changes, adds and deletes items. Returns the charges and credits for the rest of the period. */
async function changeItems(
  tx: Tx,
  subscription: StripeObject,
  changes: NonNullable<Change['items']>,
  now: Date,
): Promise<Line[]> {
  const first = itemOf(subscription);
  const period = { start: first.current_period_start, end: first.current_period_end };
  const left = Math.max(0, Math.min(1, (period.end - unix(now)) / (period.end - period.start)));
  const part = (price: StripeObject, item: string, sign: 1 | -1): Line => ({
    description: `${sign < 0 ? 'Unused' : 'Remaining'} time on ${productName(price)}`,
    amount: sign * Math.round(Number(price.unit_amount) * left),
    price: price.id,
    product: String(price.product),
    period: { start: unix(now), end: period.end },
    item,
    proration: true,
  });
  let items = itemsOf(subscription);
  const lines: Line[] = [];
  for (const [i, change] of changes.entries()) {
    const old = items.find(({ id }) => id === change.id);
    if (change.id && !old) noSuch('subscription_item', change.id, `items[${i}][id]`, 400);
    if (old && change.deleted) {
      if (items.length === 1) invalid('A subscription must have at least one active plan.', 'items');
      lines.push(part(old.price, old.id, -1));
      items = items.filter((item) => item !== old);
      continue;
    }
    if (!change.price || change.price === old?.price.id) continue;
    const price = await need(tx, 'price', change.price, { param: `items[${i}][price]` });
    if (items.some((item) => item !== old && item.price.id === price.id))
      invalid(`Cannot add multiple subscription items with the same plan: ${price.id}`, `items[${i}][price]`);
    const fresh = subscriptionItemShape({
      id: old?.id ?? stripeId('si'),
      subscription: subscription.id,
      price,
      created: old ? Number(old.created) : unix(now),
      period,
    }) as Item;
    if (old) lines.push(part(old.price, old.id, -1));
    lines.push(part(price, fresh.id, 1));
    items = old ? items.map((item) => (item === old ? fresh : item)) : [...items, fresh];
  }
  subscription.items = { ...(subscription.items as object), data: items };
  return lines;
}

/** Advances a subscription to the end of its period, when it renews, fails to renew, or ends. */
export async function advancePeriod(
  world: World,
  id: string,
  outcome?: 'pays' | 'fails',
): Promise<StripeObject> {
  return world.db.transaction(async (tx) => {
    const now = world.clock.now();
    const subscription = await need(tx, 'subscription', id, { lock: true });
    if (subscription.status === 'canceled') return subscription;
    if (subscription.cancel_at_period_end) return cancelNow(world, tx, subscription);
    const pays = outcome ? outcome === 'pays' : await charges(tx, subscription);
    if (subscription.status === 'past_due') return retryPayment(world, tx, subscription, pays);
    const item = itemOf(subscription);
    const period = { start: item.current_period_end, end: monthAfter(item.current_period_end) };
    const customer = await need(tx, 'customer', String(subscription.customer), { lock: true });
    const pending = await tx.select().from(stripeObjects).where(eq(stripeObjects.parent, id));
    const waiting = pending.filter((p) => p.type === 'pending_lines');
    const previous = {
      items: structuredClone(subscription.items),
      latest_invoice: subscription.latest_invoice,
      status: subscription.status,
    };
    const invoice = await makeInvoice(world, tx, {
      customer,
      subscription,
      reason: 'subscription_cycle',
      period: { start: item.current_period_start, end: item.current_period_end },
      lines: [
        ...waiting.flatMap((p) => p.data.lines as Line[]),
        ...itemsOf(subscription).map((one) => planLine(one.price, one, period)),
      ],
      now,
    });
    for (const p of waiting) await tx.delete(stripeObjects).where(eq(stripeObjects.id, p.id));
    for (const one of itemsOf(subscription)) {
      one.current_period_start = period.start;
      one.current_period_end = period.end;
    }
    subscription.status = pays ? 'active' : 'past_due';
    await put(tx, subscription, customer.id, now);
    await settle(tx, invoice, pays, now);
    await emit(tx, 'customer.subscription.updated', subscription, now, previous);
    return subscription;
  });
}

/** Retries the open invoice. After the fourth failure the subscription is cancelled, as with Stripe's standard settings. */
export async function retryPayment(
  world: World,
  tx: Tx,
  subscription: StripeObject,
  pays: boolean,
): Promise<StripeObject> {
  const now = world.clock.now();
  const invoice = await get(tx, 'invoice', String(subscription.latest_invoice), true);
  if (invoice?.status !== 'open') return subscription;
  await settle(tx, invoice, pays, now);
  if (!pays && Number(invoice.attempt_count) >= 4) return cancelNow(world, tx, subscription);
  if (!pays) return subscription;
  subscription.status = 'active';
  await put(tx, subscription, String(subscription.customer), now);
  await emit(tx, 'customer.subscription.updated', subscription, now, { status: 'past_due' });
  return subscription;
}

/**
 * Saves another card for a customer's subscriptions and pays open invoices with it. Returns the message if the card is declined, otherwise
 * null.
 */
export async function replaceCard(world: World, customerId: string, card: Card): Promise<string | null> {
  const answer = cardAnswer(card.number);
  if (!answer.attach) return answer.message;
  await world.db.transaction(async (tx) => {
    const now = world.clock.now();
    const customer = await need(tx, 'customer', customerId, { lock: true });
    const method = paymentMethodShape({
      ...card,
      id: stripeId('pm'),
      created: unix(now),
      customer: customerId,
      email: (customer.email as string) ?? null,
    });
    await put(tx, method, customerId, now);
    for (const subscription of await subscriptions(tx, customerId)) {
      if (subscription.status === 'canceled') continue;
      await changeSubscription(world, tx, subscription, { paymentMethod: method.id });
      if (subscription.status === 'past_due') await retryPayment(world, tx, subscription, answer.charge);
    }
  });
  return null;
}

/** Renews every active subscription whose period has ended. */
export async function renewDue(world: World): Promise<void> {
  const now = unix(world.clock.now());
  for (const s of await subscriptions(world.db))
    if (s.status === 'active' && itemOf(s).current_period_end <= now) await advancePeriod(world, s.id);
}

export const invoicesOf = (world: World, customer: string) =>
  list(world.db, { type: 'invoice', parent: customer, url: '/v1/invoices', limit: 24 });
