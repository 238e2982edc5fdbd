import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { actions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import type { ActionKind } from '../actions/kinds';

/** Closes open questions of one kind about publications, once the matter was settled in another way. */
export async function closeActions(
  tx: Tx,
  ctx: Ctx,
  kind: ActionKind,
  publicationIds: readonly string[],
): Promise<void> {
  if (publicationIds.length === 0) return;
  await tx
    .update(actions)
    .set({ state: 'dismissed', doneAt: ctx.clock.now() })
    .where(
      and(
        eq(actions.workspaceId, ctx.workspaceId),
        eq(actions.kind, kind),
        inArray(actions.subjectId, [...publicationIds]),
        eq(actions.state, 'open'),
      ),
    );
}
