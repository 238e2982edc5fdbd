import type { z } from 'zod';
import { series } from '@/db/schema';
import { recordActivity } from '../activity/record-activity';
import { resolveAlert } from '../alerts/resolve-alert';
import { type Ctx, requireRole } from '../context';
import { dayInWords } from '../scheduling/recurrence';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { cancelWaiting } from './cancel-waiting';
import { endSeriesInput } from './schemas';
import { dayBefore, lockSeries, ownSeries, scopeStart, waitingOf } from './series-scope';

/** Ends a repeated post, now or from a day on, and takes back what waits of it. What went out stays. */
export async function endSeries({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof endSeriesInput>;
}): Promise<{ cancelled: number }> {
  requireRole(ctx, 'operator', 'cancel posts');
  const { id, version, scope } = endSeriesInput.parse(input);
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
      summary: `Ended a repeated post${from ? ` from ${dayInWords(from.day)} on` : ''}; took back ${cancelled.length} waiting`,
    });
    return { cancelled: cancelled.length };
  });
}
