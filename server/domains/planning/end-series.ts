import { z } from 'zod';
import { series } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { resolveAlert } from '../alerts/resolve-alert';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { cancelPending } from './cancel-pending';
import { endSeriesInput } from './schemas';
import { dayBefore, lockSeries, ownSeries, pendingOccurrences, scopeStart } from './series-scope';

/** Ends a repeated post, now or from a given day on, and cancels its pending publications. Published ones remain. */
export const endSeries = defineVerb({
  verb: 'planning.endSeries',
  access: 'posts.publish',
  effect: 'change',
  input: endSeriesInput,
  output: z.object({ cancelled: z.number() }),
  run: async (ctx, input) => {
    const { id, version, scope } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspace(tx, ctx.workspaceId);
      const row = await lockSeries(tx, ctx, id, version);
      const from = scopeStart(row, scope);
      const waiting = await pendingOccurrences(tx, ctx, id, from?.day ?? null);
      const cancelled = await cancelPending(
        tx,
        ctx,
        waiting.map((w) => w.publication.id),
      );
      const { state, untilDay, count } = row;
      const ended = from
        ? { state, untilDay: dayBefore(from.day), count: null }
        : { state: 'ended' as const, untilDay, count };
      await tx
        .update(series)
        .set({
          ...ended,
          ...(from ? {} : { problem: null }),
          version: row.version + 1,
          updatedAt: ctx.clock.now(),
        })
        .where(ownSeries(ctx, id));
      if (!from) await resolveAlert(tx, ctx, `series:${id}`);
      await recordActivity(tx, ctx, {
        verb: 'series.ended',
        subjectType: 'post',
        subjectId: row.postId,
        summary: from
          ? fact('planning.activity.seriesEndedFrom', { day: { local: from.day }, count: cancelled.length })
          : fact('planning.activity.seriesEnded', { count: cancelled.length }),
        before: { state, untilDay, count },
        after: ended,
      });
      return { cancelled: cancelled.length };
    });
  },
});
