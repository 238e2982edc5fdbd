import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { actions } from '@/db/schema';
import type { Ctx } from '../context';

/** The kind of the action that asks what to do with what was missed. Its subject is one publication, or many of them. */
export const MISSED_ACTION = 'publication_missed';
export const MISSED_CHOICES = [
  { value: 'post_now', label: 'Post now' },
  { value: 'next_free', label: 'Next free time' },
  { value: 'skip', label: 'Skip' },
];

/** Ends the question about one publication that somebody has settled in another way. */
export async function closeMissedQuestion(tx: Tx, ctx: Ctx, publicationId: string): Promise<void> {
  await tx
    .update(actions)
    .set({ state: 'dismissed', doneAt: ctx.clock.now() })
    .where(
      and(
        eq(actions.workspaceId, ctx.workspaceId),
        eq(actions.kind, MISSED_ACTION),
        eq(actions.subjectId, publicationId),
        eq(actions.state, 'open'),
      ),
    );
}
