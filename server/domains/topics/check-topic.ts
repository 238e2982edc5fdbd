import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { topics } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';

/** Throws `invalid` unless the topic is one of the workspace's own. */
export async function checkTopic(
  tx: Tx,
  workspaceId: WorkspaceId,
  topicId: string | null | undefined,
): Promise<void> {
  if (!topicId) return;
  const [row] = await tx
    .select({ id: topics.id })
    .from(topics)
    .where(and(eq(topics.workspaceId, workspaceId), eq(topics.id, topicId)));
  if (!row)
    throw new AppError('invalid', fact('topics.errors.notChosen'), {
      fields: { topicId: fact('topics.errors.chooseOwn') },
    });
}
