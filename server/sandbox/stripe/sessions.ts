import { and, eq, sql } from 'drizzle-orm';
import { unix } from '../http';
import type { World } from '../world';
import { emit, put, type StripeObject, type Tx } from './store';
import { stripeObjects } from './tables';

/** Expires an open session, which can no longer be paid. */
export async function expireSession(tx: Tx, session: StripeObject, now: Date): Promise<StripeObject> {
  Object.assign(session, { status: 'expired', url: null });
  await put(tx, session, (session.customer as string) ?? null, now);
  await emit(tx, 'checkout.session.expired', session, now);
  return session;
}

/** Expires every open session whose time has passed. */
export function expireDue(world: World): Promise<void> {
  return world.db.transaction(async (tx) => {
    const now = world.clock.now();
    const rows = await tx
      .select({ data: stripeObjects.data })
      .from(stripeObjects)
      .where(
        and(
          eq(stripeObjects.type, 'checkout.session'),
          sql`${stripeObjects.data}->>'status' = 'open'`,
          sql`(${stripeObjects.data}->>'expires_at')::bigint <= ${unix(now)}`,
        ),
      )
      .for('update');
    for (const { data } of rows) await expireSession(tx, data as StripeObject, now);
  });
}
