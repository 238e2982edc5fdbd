import type { Tx } from '@/db/client';
import { activity } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { actorKey, type Ctx } from '@/server/verbs/context';

/** Writes what happened, in words, in the transaction that makes it happen. `verb` is `subject.verb`, `post.scheduled` say. */
export async function recordActivity(
  tx: Tx,
  ctx: Pick<Ctx, 'clock' | 'workspaceId' | 'actor'>,
  entry: { verb: string; subjectType: string; subjectId: string; summary: string },
): Promise<void> {
  await tx.insert(activity).values({
    id: newId('activity'),
    workspaceId: ctx.workspaceId,
    at: ctx.clock.now(),
    actor: actorKey(ctx.actor),
    ...entry,
  });
}
