import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { posts, series, seriesTargets } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact, factOutput } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { actorKey } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { needsApproval } from '../approval-requests/approval-policy';
import { newApproval, openApproval } from '../approval-requests/open-approval';
import { assertWithinLimit } from '../plans/plans';
import { newerPost } from '../posts/newer-post';
import { readPost } from '../posts/queries';
import { checkTargets } from '../preflight/check-targets';
import { requestSweep } from '../publications/request-sweep';
import { assertDailyQuota, DailyQuota } from '../scheduling/count-day';
import { ruleFact } from '../scheduling/recurrence';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { readPostingSettings } from '../workspaces/read-workspace';
import { makeOccurrences } from './make-occurrences';
import { createSeriesInput } from './schemas';
import { ruleOf, type SeriesRow, upcoming } from './series-rule';
import { seriesFact } from './series-texts';

/** Maximum number of active series in a workspace. */
const MAX_SERIES = 500;

/**
 * Schedules a post to repeat by a rule, at a wall-clock time in the workspace's time zone, and immediately creates the occurrences of the next 60 days.
 * If the workspace requires review, a single approval covers all of them. A repeated `requestKey` returns the same series.
 */
export const createSeries = defineVerb({
  verb: 'planning.createSeries',
  access: 'posts.publish',
  effect: 'change',
  input: createSeriesInput,
  output: z.object({ id: z.string(), made: z.number(), rule: factOutput }),
  run: async (ctx, input) => {
    const { postId, version, targets, requestKey, ends, time, ...rule } = input;
    const wanted = [...new Map(targets.map((t) => [t.connectionId, t])).values()];
    const connectionIds = wanted.map((t) => t.connectionId);
    const now = ctx.clock.now();
    const [hours, minutes] = time.split(':').map(Number);
    const draft = (timeZone: string, approvalId: string | null): SeriesRow => ({
      id: newId('series', now.getTime()),
      workspaceId: ctx.workspaceId,
      postId,
      unit: rule.unit,
      every: rule.every,
      weekdays: rule.unit === 'week' ? [...new Set(rule.weekdays)].sort((a, b) => a - b) : [],
      monthDay: rule.unit === 'month' ? Number(rule.startDay.slice(8)) : null,
      startDay: rule.startDay,
      minute: (hours ?? 0) * 60 + (minutes ?? 0),
      timeZone,
      untilDay: ends.kind === 'on' ? ends.day : null,
      count: ends.kind === 'after' ? ends.count : null,
      state: 'active',
      approvalId,
      decided: null,
      revision: 1,
      version: 1,
      problem: null,
      requestKey,
      createdBy: actorKey(ctx.actor),
      createdAt: now,
      updatedAt: now,
    });

    const result = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      const [before] = await tx
        .select()
        .from(series)
        .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.requestKey, requestKey)));
      if (before) return { row: before, made: 0, first: null, asks: false };
      await tx
        .select({ id: posts.id })
        .from(posts)
        .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, postId)))
        .for('update');
      const post = await readPost(tx, ctx.workspaceId, postId);
      if (post.version !== version) throw newerPost(post);
      const checked = await checkTargets(tx, ctx.workspaceId, post, wanted, ctx.platforms);
      const settings = await readPostingSettings(tx, ctx);
      const running = await tx.$count(
        series,
        and(eq(series.workspaceId, ctx.workspaceId), eq(series.state, 'active')),
      );
      if (running >= MAX_SERIES)
        throw new AppError('limit_reached', fact('planning.errors.tooManySeries', { most: MAX_SERIES }));
      const planned = draft(workspace.timeZone, null);
      const next = firstOf(planned, now);
      const approval = needsApproval(ctx, settings)
        ? newApproval({
            ctx,
            workspace,
            settings,
            post,
            targets: [],
            dues: new Map(),
            repeats: checked.map((target) => ({ ...target, rule: seriesFact(planned) })),
          })
        : null;
      const row = { ...planned, approvalId: approval?.row.id ?? null };
      // With more accounts than the plan's posts per day, an occurrence could never be sent in full.
      assertWithinLimit(workspace.plan, 'postsPerDay', 0, connectionIds.length);
      await assertDailyQuota(tx, workspace, next.dueAt, connectionIds.length);
      if (approval) await openApproval(tx, ctx, approval);
      await tx.insert(series).values(row);
      await tx.insert(seriesTargets).values(
        checked.map(({ connectionId, options }) => ({
          workspaceId: ctx.workspaceId,
          seriesId: row.id,
          connectionId,
          options,
        })),
      );
      const { made, first } = await makeOccurrences(
        tx,
        ctx,
        row,
        new DailyQuota(tx, workspace),
        ctx.platforms,
      );
      await recordActivity(tx, ctx, {
        verb: 'series.created',
        subjectType: 'post',
        subjectId: postId,
        summary: fact('planning.activity.seriesCreated', {
          title: post.title,
          rule: ruleFact(ruleOf(row), time),
          zone: row.timeZone,
          waits: approval ? 'yes' : 'no',
        }),
        after: { seriesId: row.id, ...ruleOf(row), minute: row.minute, connectionIds },
      });
      return { row, made, first, asks: approval !== null };
    });
    if (result.asks) await ctx.events.publish('email/queued', {});
    else if (result.first) await requestSweep(ctx, result.first);
    return { id: result.row.id, made: result.made, rule: ruleFact(ruleOf(result.row), time) };
  },
});

function firstOf(row: SeriesRow, now: Date) {
  const [first] = upcoming(row, now, 1);
  const refuse = (field: string, problem: Fact) =>
    new AppError('invalid', problem, { fields: { [field]: problem } });
  if (row.unit === 'week' && row.weekdays.length === 0)
    throw refuse('weekdays', fact('validation.planning.chooseDay'));
  if (row.untilDay !== null && row.untilDay < row.startDay)
    throw refuse('until', fact('planning.errors.lastBeforeFirst'));
  if (!first) throw refuse('startDay', fact('planning.errors.allPast'));
  if (first.dueAt.getTime() - now.getTime() > 2 * 366 * 86_400_000)
    throw refuse('startDay', fact('planning.errors.startsTooLate'));
  return first;
}
