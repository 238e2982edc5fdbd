import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { postingSettings, workspaces } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';

/** Returns the row of the workspace that the caller acts in. Throws `not_found`. */
export async function readWorkspace(
  tx: Tx,
  { workspaceId }: Pick<Ctx, 'workspaceId'>,
): Promise<typeof workspaces.$inferSelect> {
  const [row] = await tx.select().from(workspaces).where(eq(workspaces.id, workspaceId));
  if (!row) throw notFound('workspace');
  return row;
}

/** Returns the workspace's posting settings, or null before its onboarding. */
export async function readPostingSettings(
  tx: Tx,
  { workspaceId }: Pick<Ctx, 'workspaceId'>,
): Promise<typeof postingSettings.$inferSelect | null> {
  const [row] = await tx.select().from(postingSettings).where(eq(postingSettings.workspaceId, workspaceId));
  return row ?? null;
}
