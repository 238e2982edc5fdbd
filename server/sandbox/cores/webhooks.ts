import { and, asc, eq, inArray, isNull, lte } from 'drizzle-orm';
import { randomToken } from '@/server/foundation/crypto';
import { webhooks } from '../schema';
import type { World } from '../world';

/** Seconds from each failed attempt to the next. After the last one the webhook is given up. */
const BACKOFF = [5, 30, 120, 600, 3_600, 14_400, 36_000];
const LEASE_MS = 30_000;

export type Webhook = typeof webhooks.$inferSelect;
type New = Pick<Webhook, 'platform' | 'address' | 'proof' | 'body'>;

/** Leaves a webhook to be sent. Call `world.later()` afterwards; control actions do so themselves. */
export async function queueWebhook(world: World, one: New): Promise<void> {
  const now = world.clock.now();
  // Ids sort in the order of creation.
  const id = `whk_${now.getTime().toString(36).padStart(9, '0')}_${next()}_${randomToken(6)}`;
  await world.db.insert(webhooks).values({ id, ...one, nextAt: now, createdAt: now });
}
let count = 0;
const next = (): string => (count++ % 1_679_616).toString(36).padStart(4, '0');

/** How a webhook is sent otherwise than as it is. */
export interface Tampering {
  /** The proof is of another sender. */
  forged?: boolean;
  /** A byte of the body is another one than was signed. */
  changed?: boolean;
}

const other = (text: string): string =>
  text.replace(/[\w-](?=[^\w-]*$)/, (last) => (last === '0' ? '1' : '0'));

/** Sends a webhook once. Returns the status of the answer, 0 if there is none. */
export async function send(world: World, one: New, { forged, changed }: Tampering = {}): Promise<number> {
  const faults = await world.faults.strike(one.platform, 'webhook');
  if (faults.some((f) => f.kind === '500_before')) return 0;
  for (const fault of faults) if (fault.kind === 'latency') await world.sleep(fault.ms || 1_000);
  const { address, proof } = one;
  const inside = address.startsWith(`${world.appUrl}/`)
    ? `${world.internalAppUrl}${address.slice(world.appUrl.length)}`
    : address;
  try {
    const answer = await world.fetch(inside, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [proof.name]: forged ? other(proof.value) : proof.value,
      },
      body: changed ? other(one.body) : one.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
    });
    await answer.body?.cancel();
    return faults.some((f) => f.kind === 'reset_after') ? 0 : answer.status;
  } catch {
    return 0;
  }
}

/** Sends the webhooks of a platform that are due. Each process takes a lease first, so that no two send the same one at the same time. */
export async function deliverWebhooks(world: World, platform: string): Promise<number> {
  let sent = 0;
  for (let round = 0; round < 200; round++) {
    const now = world.clock.now();
    const [due] = await world.db
      .select()
      .from(webhooks)
      .where(and(eq(webhooks.platform, platform), isNull(webhooks.deliveredAt), lte(webhooks.nextAt, now)))
      .orderBy(asc(webhooks.nextAt), asc(webhooks.id))
      .limit(1);
    if (!due?.nextAt) break;
    const [mine] = await world.db
      .update(webhooks)
      .set({ nextAt: new Date(now.getTime() + LEASE_MS), attempts: due.attempts + 1 })
      .where(and(eq(webhooks.id, due.id), eq(webhooks.nextAt, due.nextAt), isNull(webhooks.deliveredAt)))
      .returning();
    if (!mine) continue;
    const status = await send(world, due);
    const good = status >= 200 && status < 300;
    const wait = BACKOFF[due.attempts];
    const after = world.clock.now();
    await world.db
      .update(webhooks)
      .set({
        lastStatus: status,
        deliveredAt: good ? after : null,
        nextAt: good || wait === undefined ? null : new Date(after.getTime() + wait * 1000),
      })
      .where(eq(webhooks.id, due.id));
    if (good) sent++;
  }
  return sent;
}

/** Sends webhooks again in the given order, each `times` times, perhaps tampered with. Returns the statuses of the answers. */
export async function resendWebhooks(
  world: World,
  ids: readonly string[],
  { times = 1, ...tampering }: Tampering & { times?: number } = {},
): Promise<{ id: string; status: number | null }[]> {
  const rows = await world.db
    .select()
    .from(webhooks)
    .where(inArray(webhooks.id, [...ids]));
  const results: { id: string; status: number | null }[] = [];
  for (const id of ids) {
    const row = rows.find((one) => one.id === id);
    if (!row) results.push({ id, status: null });
    else for (let i = 0; i < times; i++) results.push({ id, status: await send(world, row, tampering) });
  }
  return results;
}
