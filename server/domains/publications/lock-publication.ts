import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { publications } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import type { WorkspaceId } from '@/server/foundation/ids';
import { allowedFrom, type PublicationState, type StepName } from './transitions';

const NOW_IT: Record<PublicationState, string> = {
  draft: 'is a draft',
  awaiting_approval: 'waits for approval',
  scheduled: 'is scheduled',
  queued: 'is about to go out',
  publishing: 'is being sent right now',
  published: 'has been published',
  failed: 'has failed',
  unknown: 'may or may not be out; look and tell us',
  cancelled: 'has been cancelled',
};

/** Locks a publication for a person's step. Throws `not_found`, or `conflict` when it has moved on since they saw it. */
export async function lockPublication(
  tx: Tx,
  workspaceId: WorkspaceId,
  id: string,
  version: number,
  ...steps: StepName[]
): Promise<typeof publications.$inferSelect> {
  const [row] = await tx
    .select()
    .from(publications)
    .where(and(eq(publications.workspaceId, workspaceId), eq(publications.id, id)))
    .for('update');
  if (!row) throw notFound('publication');
  const details = { state: row.state, version: row.version };
  if (!steps.some((step) => allowedFrom(step, row.state)))
    throw new AppError('conflict', `This cannot be done any more: the post ${NOW_IT[row.state]}.`, {
      details,
    });
  if (row.version !== version)
    throw new AppError('conflict', 'Somebody changed this in the meantime. Look at it again and repeat.', {
      details,
    });
  return row;
}
