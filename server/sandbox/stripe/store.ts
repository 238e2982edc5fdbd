import { randomBytes } from 'node:crypto';
import { and, asc, desc, eq, gt, lt, type SQL } from 'drizzle-orm';
import { sandboxStripe } from '@/server/foundation/sandbox-config';
import { unix } from '../http';
import type { World } from '../world';
import { noSuch } from './errors';
import { priceShape, productShape } from './shapes';
import { stripeDeliveries, stripeObjects } from './tables';

export type StripeObject = Record<string, unknown> & { id: string; object: string };
export type Tx = Parameters<Parameters<World['db']['transaction']>[0]>[0];
type Q = Tx | World['db'];

export const API_VERSION = '2026-10-28.endive';

export const stripeId = (prefix: string): string =>
  `${prefix}_${randomBytes(18).toString('base64url').replace(/[-_]/g, '0')}`;

/** Returns the fixed products and prices: one of each per paid plan. */
export function fixedObjects(): StripeObject[] {
  const { prices } = sandboxStripe();
  return [
    productShape('prod_sandbox_pro', 'Tributary Pro', prices.pro),
    productShape('prod_sandbox_agency', 'Tributary Agency', prices.agency),
    priceShape(prices.pro, 'prod_sandbox_pro', 2_900),
    priceShape(prices.agency, 'prod_sandbox_agency', 9_900),
  ];
}

export const fixed = (id: string): StripeObject | undefined => fixedObjects().find((o) => o.id === id);

export async function get(q: Q, type: string, id: string, lock = false): Promise<StripeObject | null> {
  const known = fixed(id);
  if (known) return known.object === type ? known : null;
  const query = q
    .select()
    .from(stripeObjects)
    .where(and(eq(stripeObjects.id, id), eq(stripeObjects.type, type)));
  const [row] = await (lock ? query.for('update') : query);
  return row ? (row.data as StripeObject) : null;
}

/** Returns the object, or fails with Stripe's error if it does not exist. */
export async function need(
  q: Q,
  type: string,
  id: string,
  o: { lock?: boolean; param?: string } = {},
): Promise<StripeObject> {
  const found = await get(q, type, id, o.lock);
  // A deleted customer can be retrieved by its own id, but not used in a request.
  if (found?.deleted && o.param) return noSuch(type, id, o.param, 400);
  return found ?? noSuch(type.replace('.', ' '), id, o.param ?? 'id', o.param ? 400 : 404);
}

export async function put(q: Q, value: StripeObject, parent: string | null, now: Date): Promise<void> {
  await q
    .insert(stripeObjects)
    .values({ id: value.id, type: value.object, parent, data: value, createdAt: now })
    .onConflictDoUpdate({ target: stripeObjects.id, set: { data: value, parent } });
}

export async function list(
  q: Q,
  o: {
    type: string;
    parent?: string;
    url: string;
    limit?: number;
    startingAfter?: string;
    endingBefore?: string;
    where?: SQL;
  },
): Promise<Record<string, unknown>> {
  const limit = o.limit ?? 10;
  const edge = o.startingAfter ?? o.endingBefore;
  const [cursor] = edge
    ? await q.select({ seq: stripeObjects.seq }).from(stripeObjects).where(eq(stripeObjects.id, edge))
    : [];
  if (edge && !cursor) noSuch(o.type, edge, o.startingAfter ? 'starting_after' : 'ending_before', 400);
  const rows = await q
    .select({ data: stripeObjects.data })
    .from(stripeObjects)
    .where(
      and(
        eq(stripeObjects.type, o.type),
        o.parent ? eq(stripeObjects.parent, o.parent) : undefined,
        o.startingAfter && cursor ? lt(stripeObjects.seq, cursor.seq) : undefined,
        o.endingBefore && cursor ? gt(stripeObjects.seq, cursor.seq) : undefined,
        o.where,
      ),
    )
    .orderBy(o.endingBefore ? asc(stripeObjects.seq) : desc(stripeObjects.seq))
    .limit(limit + 1);
  const data = rows.slice(0, limit).map((r) => r.data);
  return {
    object: 'list',
    url: o.url,
    has_more: rows.length > limit,
    data: o.endingBefore ? data.reverse() : data,
  };
}

/** Returns all subscriptions, or those of a customer, newest first. */
export async function subscriptions(q: Q, customer?: string): Promise<StripeObject[]> {
  const rows = await q
    .select({ data: stripeObjects.data })
    .from(stripeObjects)
    .where(
      and(eq(stripeObjects.type, 'subscription'), customer ? eq(stripeObjects.parent, customer) : undefined),
    )
    .orderBy(desc(stripeObjects.seq));
  return rows.map((r) => r.data as StripeObject);
}

/** Writes an event together with the change that it reports. It is delivered after the commit. */
export async function emit(
  tx: Tx,
  type: string,
  subject: StripeObject,
  now: Date,
  previous?: Record<string, unknown>,
): Promise<StripeObject> {
  const event: StripeObject = {
    id: stripeId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: unix(now),
    data: { object: subject, ...(previous ? { previous_attributes: previous } : {}) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
  await put(tx, event, null, now);
  await tx.insert(stripeDeliveries).values({
    id: stripeId('dlv'),
    eventId: event.id,
    body: JSON.stringify(event, null, 2),
    nextAt: now,
    createdAt: now,
  });
  return event;
}

/** Replaces ids with the objects they name, along paths such as `latest_invoice` or `data.customer`. */
export async function expand(q: Q, value: unknown, paths: string[]): Promise<unknown> {
  const copy = structuredClone(value);
  for (const path of paths) await expandPath(q, copy, path.split('.').slice(0, 4));
  return copy;
}

async function expandPath(q: Q, at: unknown, path: string[]): Promise<void> {
  const [head, ...rest] = path;
  if (!head || at === null || typeof at !== 'object') return;
  if (Array.isArray(at)) {
    for (const item of at) await expandPath(q, item, path);
    return;
  }
  const holder = at as Record<string, unknown>;
  const value = holder[head];
  if (typeof value === 'string') {
    const known = fixed(value);
    const [row] = known
      ? [{ data: known }]
      : await q.select({ data: stripeObjects.data }).from(stripeObjects).where(eq(stripeObjects.id, value));
    if (row) holder[head] = structuredClone(row.data);
  }
  await expandPath(q, holder[head], rest);
}
