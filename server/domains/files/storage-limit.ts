import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { files, fileVersions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { assertWithinLimit, type Plan } from '../plans/plans';

/** Returns the storage used by a workspace's files and what was made of them, in bytes. Runs in the caller's transaction. */
export async function storageUsed(tx: Pick<Tx, 'select'>, workspaceId: string): Promise<number> {
  const [row] = await tx
    .select({
      bytes: sql<string>`coalesce(sum(${files.bytes}::bigint + coalesce(${files.stillBytes}, 0)), 0) + (
        select coalesce(sum(v.bytes::bigint), 0) from ${fileVersions} v where v.workspace_id = ${workspaceId})`,
    })
    .from(files)
    .where(sql`${files.workspaceId} = ${workspaceId}`);
  return Number(row?.bytes ?? 0);
}

/** Throws `limit_reached` if `adding` more bytes exceed the plan's quota. The caller has locked the workspace's row. */
export async function assertStorage(tx: Tx, ctx: Ctx, plan: Plan, adding: number): Promise<void> {
  assertWithinLimit(plan, 'storageBytes', await storageUsed(tx, ctx.workspaceId), adding);
}

/** Key of the store's advisory lock, an arbitrary number. Storing content takes it shared, the clean-up takes it exclusively. */
const STORE_LOCK = 727_275;

/**
 * Locks the store until the transaction ends, in all processes, so that the clean-up sees content and its rows together. Taken after every
 * other lock and just before the content is moved into place.
 */
export async function lockStore(tx: Pick<Tx, 'execute'>, how: 'to keep' | 'to remove'): Promise<void> {
  await tx.execute(
    how === 'to keep'
      ? sql`select pg_advisory_xact_lock_shared(${STORE_LOCK})`
      : sql`select pg_advisory_xact_lock(${STORE_LOCK})`,
  );
}
