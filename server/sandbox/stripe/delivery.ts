import { createHmac } from 'node:crypto';
import { and, asc, eq, isNull, lte } from 'drizzle-orm';
import { sandboxStripe } from '@/server/foundation/sandbox-config';
import { unix } from '../http';
import type { World } from '../world';
import { stripeId } from './store';
import { stripeDeliveries } from './tables';

/** Seconds from each failed attempt to the next. After the last one the delivery is abandoned. */
const BACKOFF = [5, 30, 120, 600, 3_600, 3_600, 7_200, 14_400];
const LEASE_MS = 30_000;

/** Creates the header that proves that a body is from Stripe. */
export function signature(body: string, at: Date, secret: string): string {
  const t = unix(at);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

async function send(world: World, body: string, secret: string): Promise<number> {
  const faults = await world.faults.strike('stripe', 'webhook');
  if (faults.some((f) => f.kind === '500_before')) return 0;
  const skew = faults.filter((f) => f.kind === 'clock_skew').reduce((sum, f) => sum + f.ms, 0);
  const at = new Date(world.clock.now().getTime() + skew);
  for (const fault of faults) if (fault.kind === 'latency') await world.sleep(fault.ms || 1_000);
  try {
    const answer = await world.fetch(`${world.internalAppUrl}/api/webhooks/stripe`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signature(body, at, secret),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}

/**
 * Sends every webhook that is due and returns the number delivered. Each process acquires a lease first, so that no two send the same
 * webhook at the same time.
 */
export async function deliverDue(world: World): Promise<number> {
  let sent = 0;
  for (let round = 0; round < 200; round++) {
    const now = world.clock.now();
    const [due] = await world.db
      .select()
      .from(stripeDeliveries)
      .where(and(isNull(stripeDeliveries.deliveredAt), lte(stripeDeliveries.nextAt, now)))
      .orderBy(asc(stripeDeliveries.nextAt), asc(stripeDeliveries.seq))
      .limit(1);
    if (!due?.nextAt) break;
    const [mine] = await world.db
      .update(stripeDeliveries)
      .set({ nextAt: new Date(now.getTime() + LEASE_MS), attempts: due.attempts + 1 })
      .where(
        and(
          eq(stripeDeliveries.id, due.id),
          eq(stripeDeliveries.nextAt, due.nextAt),
          isNull(stripeDeliveries.deliveredAt),
        ),
      )
      .returning();
    if (!mine) continue;
    const secret = due.forged ? 'whsec_not_the_real_secret_of_this_endpoint' : sandboxStripe().webhookSecret;
    const status = await send(world, due.body, secret);
    const good = status >= 200 && status < 300;
    const wait = BACKOFF[due.attempts];
    const after = world.clock.now();
    await world.db
      .update(stripeDeliveries)
      .set({
        lastStatus: status,
        // A forged event is sent only once and never retried.
        deliveredAt: good || due.forged ? after : null,
        nextAt: good || due.forged || wait === undefined ? null : new Date(after.getTime() + wait * 1000),
      })
      .where(eq(stripeDeliveries.id, due.id));
    if (good) sent++;
  }
  return sent;
}

/** Resends events in the given order, each `times` times, optionally with an invalid signature. */
export async function resend(
  world: World,
  events: string[],
  o: { times?: number; forged?: boolean } = {},
): Promise<{ eventId: string; status: number | null }[]> {
  const results: { eventId: string; status: number | null }[] = [];
  for (const eventId of events) {
    const [original] = await world.db
      .select()
      .from(stripeDeliveries)
      .where(eq(stripeDeliveries.eventId, eventId))
      .orderBy(asc(stripeDeliveries.seq))
      .limit(1);
    if (!original) {
      results.push({ eventId, status: null });
      continue;
    }
    for (let i = 0; i < (o.times ?? 1); i++) {
      const now = world.clock.now();
      const secret = o.forged ? 'whsec_not_the_real_secret_of_this_endpoint' : sandboxStripe().webhookSecret;
      const status = await send(world, original.body, secret);
      await world.db.insert(stripeDeliveries).values({
        id: stripeId('dlv'),
        eventId,
        body: original.body,
        forged: o.forged ?? false,
        attempts: 1,
        deliveredAt: now,
        lastStatus: status,
        createdAt: now,
      });
      results.push({ eventId, status });
    }
  }
  return results;
}
