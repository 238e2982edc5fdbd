import { z } from 'zod';
import { series } from '@/db/schema';
import { plain } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { resolveAlert } from '../alerts/resolve-alert';
import { dayInWords } from '../scheduling/recurrence';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { cancelWaiting } from './cancel-waiting';
import { endSeriesInput } from './schemas';
import { dayBefore, lockSeries, ownSeries, scopeStart, waitingOf } from './series-scope';

/** Ends a repeated post, now or from a day on, and takes back what waits of it. What went out stays. */
export const endSeries = defineVerb({
  verb: 'planning.endSeries',
  permission: 'posts.publish',
  effect: 'change',
  input: endSeriesInput,
  output: z.object({ cancelled: z.number() }),
  run: async (ctx, input) => {
    const { id, version, scope } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspace(tx, ctx.workspaceId);
      const row = await lockSeries(tx, ctx, id, version);
      const from = scopeStart(row, scope);
      const waiting = await waitingOf(tx, ctx, id, from?.day ?? null);
      const cancelled = await cancelWaiting(
        tx,
        ctx,
        waiting.map((w) => w.publication.id),
      );
      await tx
        .update(series)
        .set({
          ...(from
            ? { untilDay: dayBefore(from.day), count: null }
            : { state: 'ended' as const, problem: null }),
          version: row.version + 1,
          updatedAt: ctx.clock.now(),
        })
        .where(ownSeries(ctx, id));
      if (!from) await resolveAlert(tx, ctx, `series:${id}`);
      await recordActivity(tx, ctx, {
        verb: 'series.ended',
        subjectType: 'post',
        subjectId: row.postId,
        summary: plain(
          `Ended a repeated post${from ? ` from ${dayInWords(from.day)} on` : ''}; took back ${cancelled.length} waiting`,
        ),
      });
      return { cancelled: cancelled.length };
    });
  },
});
