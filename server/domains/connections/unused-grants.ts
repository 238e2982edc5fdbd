import { and, asc, eq, inArray, notExists, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connectionChoices, connections, grants } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { resolveEndingAlerts } from './alert-keys';

export type Grant = typeof grants.$inferSelect;

/**
 * Locks grants until the transaction ends, so that of several transactions that give up what uses a grant, the last one sees that nothing
 * is left. Call it before the rows that use them are locked or changed; otherwise two of them could deadlock.
 */
export async function lockGrants(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .select({ id: grants.id })
    .from(grants)
    .where(inArray(grants.id, [...ids]))
    .orderBy(asc(grants.id))
    .for('update');
}

/** Locks the grant that a choice is about, if there is one, like `lockGrants`. */
export async function lockGrantOfChoice(tx: Tx, choiceId: string): Promise<void> {
  const [choice] = await tx
    .select({ grantId: connectionChoices.grantId })
    .from(connectionChoices)
    .where(eq(connectionChoices.id, choiceId));
  await lockGrants(tx, choice ? [choice.grantId] : []);
}

const UNUSED = and(
  notExists(sql`(select from ${connections} c where c.grant_id = ${grants.id})`),
  notExists(sql`(select from ${connectionChoices} c where c.grant_id = ${grants.id})`),
);

/** Deletes those of the grants that no connection and no choice uses any more, and returns them, so that the access can be ended. */
export const dropUnusedGrants = async (
  tx: Tx,
  at: Pick<Ctx, 'clock'>,
  ids: readonly string[],
): Promise<Grant[]> => (ids.length === 0 ? [] : drop(tx, at, inArray(grants.id, [...ids])));

/** Deletes the unused grants of every workspace, like `dropUnusedGrants`. */
export const dropAllUnusedGrants = (tx: Tx, at: Pick<Ctx, 'clock'>): Promise<Grant[]> => drop(tx, at);

async function drop(tx: Tx, at: Pick<Ctx, 'clock'>, which?: SQL): Promise<Grant[]> {
  const dropped = await tx.delete(grants).where(and(which, UNUSED)).returning();
  await resolveEndingAlerts(tx, at, dropped);
  return dropped;
}
