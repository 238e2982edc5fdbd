import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { workspaces } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { WorkspaceId } from '@/server/foundation/ids';

/** Locks the workspace's row until the transaction ends and returns it. Every verb that enforces a limit calls this first. */
export async function lockWorkspace(
  tx: Tx,
  workspaceId: WorkspaceId,
): Promise<typeof workspaces.$inferSelect> {
  const [row] = await tx.select().from(workspaces).where(eq(workspaces.id, workspaceId)).for('update');
  if (!row) throw notFound('workspace');
  return row;
}

/**
 * Locks the workspace in shared mode until the transaction ends: waits for a verb that has locked it and makes the next one wait, but does
 * not block other shared locks. A transaction that locks publications and then records activity (which references the workspace) must call
 * this first; otherwise it could deadlock with a stop.
 */
export async function lockWorkspaceShared(tx: Tx, workspaceId: WorkspaceId): Promise<void> {
  await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .for('key share');
}
