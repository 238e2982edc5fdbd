import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { files } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { assertWithinLimit, type Plan } from '../plans/plans';

/** What the files of a workspace take, in bytes. Inside a transaction of the caller. */
export async function storageUsed(tx: Pick<Tx, 'select'>, workspaceId: string): Promise<number> {
  const [row] = await tx
    .select({
      bytes: sql<string>`coalesce(sum(${files.bytes}::bigint + coalesce(${files.stillBytes}, 0)), 0)`,
    })
    .from(files)
    .where(sql`${files.workspaceId} = ${workspaceId}`);
  return Number(row?.bytes ?? 0);
}

/** Throws `limit_reached` when so many bytes more are more than the plan has. The workspace's row is locked by the caller. */
export async function assertStorage(tx: Tx, ctx: Ctx, plan: Plan, adding: number): Promise<void> {
  assertWithinLimit(plan, 'storageBytes', await storageUsed(tx, ctx.workspaceId), adding);
}

/** The store's lock, any number. Whoever keeps a content holds it together with others, the clean-up alone. */
const STORE_LOCK = 727_275;

/**
 * Until the transaction ends, contents that are kept and the rows that need them are one to the clean-up, in all processes. Taken
 * after every other lock and just before the content is put in its place.
 */
export async function lockStore(tx: Pick<Tx, 'execute'>, how: 'to keep' | 'to remove'): Promise<void> {
  await tx.execute(
    how === 'to keep'
      ? sql`select pg_advisory_xact_lock_shared(${STORE_LOCK})`
      : sql`select pg_advisory_xact_lock(${STORE_LOCK})`,
  );
}
