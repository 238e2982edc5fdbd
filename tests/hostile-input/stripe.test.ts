import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { ledgerTransactions, webhookEvents } from '@/db/schema';
import { findSubscription } from '@/server/domains/billing/customer';
import { handleStripeWebhook } from '@/server/domains/billing/handle-stripe-webhook';
import { stripeBench } from '@/server/domains/billing/testing';
import { listUnreadEvents } from '@/server/domains/billing/unread-events';
import { seeded } from '@/server/sandbox/random';
import { freshDb } from '@/tests/support/db';
import { operatorCtx } from '@/tests/support/operator';
import { createWorld, type World } from '@/tests/support/world';
import { type Path, places, put, without } from './mutate';
import { ODD_NUMBERS, ODD_TEXTS } from './values';

let db: Db;
let world: World;
let bench: ReturnType<typeof stripeBench>;
let events: Record<string, unknown>[];
beforeAll(async () => {
  db = await freshDb();
  world = await createWorld(db);
  bench = stripeBench(db, world);
  await bench.buy();
  const customer = (await findSubscription(world.ctx))?.customerId ?? '';
  const [invoice] = (await bench.gateway.client.invoices.list({ customer })).data;
  await bench.dashboard('refund', { invoice: invoice?.id, cents: 100 });
  await bench.dashboard('credit', { invoice: invoice?.id, cents: 100, as: 'credit' });
  await bench.dashboard('dispute', { invoice: invoice?.id });
  await bench.reach.settle();
  events = bench.deliveries.map((d) => JSON.parse(d.body));
  expect(events.map((event) => event.type)).toEqual(
    expect.arrayContaining(['invoice.paid', 'charge.refunded', 'refund.created', 'credit_note.created']),
  );
});
afterAll(() => db.close());

const take = (body: string) =>
  handleStripeWebhook({ ...world.services, gateway: bench.gateway }, body, bench.sign(body));

/** Fields of an event that we read; all others may have any value. */
const READ =
  /^(id|type|data(\.object(\.(id|customer|subscription|amount_paid|currency|created|status_transitions|parent|charge|payment_intent|invoice).*)?)?)?$/;
// Values that JSON can represent.
const ODD = [
  ...ODD_TEXTS.filter((t) => t.length < 100_000),
  ...ODD_NUMBERS.filter(Number.isFinite),
  null,
  true,
  [],
  {},
  [null],
  { id: 7 },
  { id: null },
  -1,
  -62_167_219_201,
  99_999_999_999,
  8_640_000_000_001,
];

it('no signed event, however malformed, causes an internal error that makes Stripe retry', async () => {
  const random = seeded(7);
  const trials: [string, Path, unknown][] = [];
  for (const event of events)
    for (const place of places(event)) {
      const read = READ.test(place.join('.'));
      for (const odd of ODD)
        if (random() < (read ? 0.04 : 0.001)) trials.push([String(event.type), place, odd]);
    }
  expect(trials.length).toBeGreaterThan(100);
  const bad: string[] = [];
  let count = 0;
  for (const [type, place, odd] of trials) {
    const event = events.find((e) => e.type === type) as Record<string, unknown>;
    // A new id each time, because otherwise it would be a duplicate. Sometimes the field is removed instead.
    const fresh = { ...event, id: `evt_odd_${count++}` };
    const changed = random() < 0.05 ? without(fresh, place) : put(fresh, place, odd);
    // Stripe limits the requests per second.
    world.clock.advance(250);
    try {
      await take(JSON.stringify(changed) ?? 'null');
    } catch (error) {
      bad.push(`${type} ${place.join('.')} = ${JSON.stringify(odd)?.slice(0, 60)}: ${error}`);
    }
  }
  process.stdout.write(`malformed stripe events: ${trials.length}\n`);
  expect(bad.slice(0, 20)).toEqual([]);
}, 120_000);

it.each([
  'null',
  '1',
  '"text"',
  '[]',
  '{}',
  'no JSON at all',
  '{"a":"\u0000"}',
  '{"id":"evt_1"}',
  '{"id":"evt_1","object":"v2.core.event","type":"v2.x"}',
])(
  'a signed body that is not an event is stored verbatim, once, and shown to operators: %j',
  async (body) => {
    expect(await take(body)).toBe('unreadable');
    expect(await take(body)).toBe('unreadable');
    const all = await db.asSystem((tx) => tx.select().from(webhookEvents));
    const kept = all.map((event) =>
      event.body?.startsWith('base64:')
        ? Buffer.from(event.body.slice(7), 'base64').toString('utf8')
        : event.body,
    );
    expect(kept.filter((one) => one === body)).toHaveLength(1);
  },
);

it('a body with a wrong signature is reported as forged and not stored', async () => {
  const before = await listUnreadEvents(operatorCtx(world.services));
  const deps = { ...world.services, gateway: bench.gateway };
  expect(await handleStripeWebhook(deps, 'no JSON at all, forged', bench.sign('another'))).toBe('forged');
  expect(await listUnreadEvents(operatorCtx(world.services))).toEqual(before);
});

it('an event of an unknown version is stored verbatim and not processed', async () => {
  const body = JSON.stringify({
    id: 'evt_of_tomorrow',
    object: 'event',
    api_version: '2999-01-01',
    type: 'invoice.paid',
    data: { object: { id: 'in_1', customer: { reference: 'new shape' } } },
  });
  expect(await take(body)).toBe('unreadable');
  expect(await take(body)).toBe('unreadable');
  const rows = await db.asSystem((tx) => tx.select().from(webhookEvents));
  expect(rows.find((row) => row.id === 'stripe:evt_of_tomorrow')).toMatchObject({
    outcome: 'unreadable',
    body,
  });
});

it('an unreadable event is processed when it is sent again in a known form', async () => {
  const paid = events.find((event) => event.type === 'invoice.paid') as { data: { object: object } };
  const id = 'evt_read_later';
  const unread = async () =>
    (await listUnreadEvents(operatorCtx(world.services))).find((event) => event.id === id);
  const broken = { ...paid, id, data: { object: { ...paid.data.object, amount_paid: 'twelve' } } };
  expect(await take(JSON.stringify(broken))).toBe('unreadable');
  expect(await unread()).toMatchObject({
    type: 'invoice.paid',
    reason: 'unknown_fields',
    fields: ['data.object.amount_paid'],
  });
  const good = JSON.stringify({ ...paid, id });
  expect(await take(good)).toBe('done');
  expect(await unread()).toBeUndefined();
  const rows = await db.asSystem((tx) => tx.select().from(webhookEvents));
  expect(rows.find((row) => row.id === `stripe:${id}`)).toMatchObject({ outcome: 'done', body: null });
  // A processed event stays processed, whatever arrives under its id later.
  expect(await take(good)).toBe('repeated');
  expect(await take(JSON.stringify(broken))).toBe('repeated');
});

it('operators see the kind and reason of an unreadable event, but no personal data in it', async () => {
  expect(await take('{"customer_email":"victim@example.test"}')).toBe('unreadable');
  expect(await take('victim@example.test')).toBe('unreadable');
  const shown = await listUnreadEvents(operatorCtx(world.services));
  expect(JSON.stringify(shown)).not.toContain('victim');
  expect(shown).toContainEqual(expect.objectContaining({ id: null, type: 'unknown', reason: 'no_json' }));
  expect(shown).toContainEqual(
    expect.objectContaining({ reason: 'unknown_fields', fields: ['id', 'type', 'data'] }),
  );
});

it('a valid event is still booked after all of this', async () => {
  for (const event of events) await take(JSON.stringify(event));
  const booked = await db.asWorkspace(world.workspaceId, (tx) => tx.select().from(ledgerTransactions));
  expect(booked.map((row) => row.key)).toContain(
    `subscription:stripe:${(events.find((e) => e.type === 'invoice.paid') as { data: { object: { id: string } } }).data.object.id}`,
  );
});
