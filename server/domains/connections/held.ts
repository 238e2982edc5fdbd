import { eq } from 'drizzle-orm';
import { workspaces } from '@/db/schema';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';

/** Whether an emergency stop currently holds the workspace, so that it must not change anything at a platform. */
export async function isEmergencyStopped(ctx: Ctx): Promise<boolean> {
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx.select({ heldFor: workspaces.heldFor }).from(workspaces).where(eq(workspaces.id, ctx.workspaceId)),
  );
  return row?.heldFor === 'emergency';
}

export const heldFault = (): ConnectorFault =>
  new ConnectorFault('transient', fact('connections.errors.stopped'), { held: true });

/** Throws a ConnectorFault (`transient`, `held`) while an emergency stop holds the workspace. */
export async function assertNotStopped(ctx: Ctx): Promise<void> {
  if (await isEmergencyStopped(ctx)) throw heldFault();
}
