import type { Tx } from '@/db/client';
import { activity } from '@/db/schema';
import type { Fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { storableJson } from '@/server/foundation/storable';
import { actorKey, type Ctx } from '@/server/verbs/context';

/** A change to one thing. */
export interface NewActivity {
  /** `subject.verb`, such as `post.scheduled`. */
  verb: string;
  subjectType: string;
  subjectId: string;
  summary: Fact;
  /**
   * The values that changed, before and after; never a secret. The texts of a post are stored under `texts`, so that they are removed with
   * the post.
   */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/**
 * Returns the entry without anything that jsonb cannot store: a text truncated inside a character must not roll back the change that the
 * entry records.
 */
const storable = (entry: NewActivity): NewActivity => JSON.parse(storableJson(JSON.stringify(entry)));

/** Records a change, in the transaction that makes it. */
export async function recordActivity(
  tx: Tx,
  ctx: Pick<Ctx, 'clock' | 'workspaceId' | 'actor'>,
  entry: NewActivity,
): Promise<void> {
  await tx.insert(activity).values({
    id: newId('activity'),
    workspaceId: ctx.workspaceId,
    at: ctx.clock.now(),
    actor: actorKey(ctx.actor),
    ...storable(entry),
  });
}
