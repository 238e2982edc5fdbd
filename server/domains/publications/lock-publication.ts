import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { publications } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import { allowedFrom, type StepName } from './transitions';

/** Locks a publication for a step of a user. Throws `not_found`, or `conflict` if it has changed since the user saw it. */
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
    throw new AppError(
      'conflict',
      fact('publications.errors.movedOn', { state: fact(`publicationStates.${row.state}`) }),
      { details },
    );
  if (row.version !== version)
    throw new AppError('conflict', fact('publications.errors.changed'), { details });
  return row;
}
