import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { activity, activityHasTexts } from '@/db/schema';
import type { WorkspaceId } from '@/server/foundation/ids';

/**
 * Removes the texts and options of a post from its activity, in the transaction that removes the post. The entries remain, with the post's title.
 * `subjectIds` are the ids of the post and of its publications.
 */
export async function clearPostTexts(
  tx: Tx,
  workspaceId: WorkspaceId,
  subjectIds: readonly string[],
): Promise<void> {
  // One statement instead of batches, because the transaction holds the locks of all entries to its end anyway.
  await tx
    .update(activity)
    .set({
      before: sql`${activity.before} - 'texts' - 'options'`,
      after: sql`${activity.after} - 'texts' - 'options'`,
    })
    .where(
      and(
        eq(activity.workspaceId, workspaceId),
        inArray(activity.subjectId, subjectIds),
        inArray(activity.subjectType, ['post', 'publication']),
        activityHasTexts,
      ),
    );
}
