import { and, eq } from 'drizzle-orm';
import { publications } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { assertOptionsFit } from '../preflight/assert-options-fit';
import { askIfUncertain } from '../publications/ask-uncertain-outcome';
import { lockPublication } from '../publications/lock-publication';
import { readPublication } from '../publications/queries';
import { requestSweep } from '../publications/request-sweep';
import { publicationOutput, rescheduleInput } from '../publications/schemas';
import { assertDailyQuota, countsTowardsPlan } from '../scheduling/count-day';
import { resolveDue } from '../scheduling/resolve-due';
import { movePending } from './move-pending';

/**
 * Moves a publication that is not being sent yet to another time, and voids any claim for the old one. A pending approval is replaced by
 * one for the new time, and a move by a member who cannot approve needs approval. A publication that may already be out is not moved: a
 * member is asked about it, and the row is returned in that state. Throws `invalid` if the
 * platform no longer takes its options.
 */
export const reschedulePublication = defineVerb({
  verb: 'publications.reschedule',
  access: 'posts.publish',
  effect: 'change',
  input: rescheduleInput,
  output: publicationOutput,
  run: async (ctx, input) => {
    const { id, version, local } = input;
    const now = ctx.clock.now();
    const moved = await movePending({
      ctx,
      platform: ctx.platforms,
      async read(tx, { workspace, lock }) {
        if (lock) await lockPublication(tx, ctx.workspaceId, id, version, 'reschedule', 'rescheduleWaiting');
        const [row] = await tx
          .select()
          .from(publications)
          .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, id)));
        if (!row) throw notFound('publication');
        await assertOptionsFit(tx, ctx, row);
        return { moves: [{ row, due: resolveDue(local, workspace.timeZone, now) }] };
      },
      async write(tx, { moves }, writer, workspace) {
        if ((await askIfUncertain(tx, ctx, [id])).length > 0) return readPublication(tx, ctx, id);
        for (const { row, due } of moves)
          if (countsTowardsPlan(row)) await assertDailyQuota(tx, workspace, due.dueAt, 1, [id]);
        await writer.apply();
        const after = await readPublication(tx, ctx, id);
        await recordActivity(tx, ctx, {
          verb: 'publication.rescheduled',
          subjectType: 'publication',
          subjectId: id,
          summary: fact('planning.activity.rescheduled', {
            title: after.postTitle,
            time: { local },
            zone: after.timeZone,
            asks: writer.asks ? 'yes' : 'no',
          }),
          ...(moves[0] && { before: timeOf(moves[0].row) }),
          after: timeOf(after),
        });
        return after;
      },
    });
    if (moved.state === 'scheduled') await requestSweep(ctx, moved.dueAt);
    return moved;
  },
});

const timeOf = ({ dueAt, state }: { dueAt: Date; state: string }) => ({ dueAt: dueAt.toISOString(), state });
