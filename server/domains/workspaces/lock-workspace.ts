import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { workspaces } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { WorkspaceId } from '@/server/foundation/ids';

/** Locks the workspace's row until the transaction ends and answers it. Every verb that counts against a limit begins so. */
export async function lockWorkspace(
  tx: Tx,
  workspaceId: WorkspaceId,
): Promise<typeof workspaces.$inferSelect> {
  const [row] = await tx.select().from(workspaces).where(eq(workspaces.id, workspaceId)).for('update');
  if (!row) throw notFound('workspace');
  return row;
}

/**
 * Waits for the verb that has the workspace locked, and lets the next one wait, until the transaction ends; several may do this at
 * once. A transaction that locks publications and then writes of them (activity refers to the workspace) begins so: otherwise it and a stop
 * could each wait for the other.
 */
export async function shareWorkspace(tx: Tx, workspaceId: WorkspaceId): Promise<void> {
  await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .for('key share');
}
