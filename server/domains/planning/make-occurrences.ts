import { isDeepStrictEqual } from 'node:util';
import { and, eq, gte, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { approvals, publications, series, seriesOccurrences, seriesTargets } from '@/db/schema';
import { isAppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { Platforms } from '@/server/verbs/platforms';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { openApproval, type PreparedApproval } from '../approval-requests/open-approval';
import { followUpRuleFor, readDefaultFollowUpRule } from '../follow-up-rules/default-follow-up-rule';
import { readPost } from '../posts/queries';
import { checkTargets, type Target } from '../preflight/check-targets';
import { type NewPublication, newPublication } from '../publications/new-publication';
import type { DailyQuota } from '../scheduling/count-day';
import { AHEAD_MS, MAX_AHEAD, type SeriesRow, upcoming } from './series-rule';
import { readSeriesTexts, type SeriesText, undecidedTexts } from './series-texts';

const alertKey = (id: string) => `series:${id}`;

/**
 * Creates the missing publications of a series for the period ahead, one per day of the rule and account, in the transaction that holds the
 * workspace's lock. A repeated call changes nothing. Days on which the plan is full and accounts that cannot take the post are skipped, and
 * retried by the next call until their time has passed. Ends a series that is over. A text that needs approval is not used: it is returned
 * in `undecided`, or used in publications awaiting approval if `ask` is an approval of these texts.
 */
export async function makeOccurrences(
  tx: Tx,
  ctx: Ctx,
  row: SeriesRow,
  quota: DailyQuota,
  port: Platforms,
  ask?: PreparedApproval,
): Promise<{ made: number; first: Date | null; problem: Fact | null; undecided: SeriesText[] }> {
  const now = ctx.clock.now();
  const nothing = { made: 0, first: null, problem: null, undecided: [] };
  if (row.state !== 'active') return nothing;
  const days = upcoming(row, now, MAX_AHEAD, new Date(now.getTime() + AHEAD_MS));
  if (days.length === 0 && upcoming(row, now, 1).length === 0) {
    await end(tx, ctx, row, null);
    return nothing;
  }
  let decision = await approvalStateOf(tx, ctx, row);
  if (decision === 'over') {
    await end(tx, ctx, row, fact('planning.problems.notApproved'));
    return nothing;
  }
  let { approvalId } = row;
  let undecided: SeriesText[] = [];
  if (decision === 'goes') {
    const texts = await readSeriesTexts(tx, ctx.workspaceId, row);
    undecided = await undecidedTexts(tx, ctx, row, texts);
    if (days.length > 0 && undecided.length > 0 && ask) {
      await openApproval(tx, ctx, ask);
      approvalId = ask.row.id;
      await tx.update(series).set({ approvalId }).where(own(ctx, row));
      decision = 'waits';
      undecided = [];
    }
  }
  if (days.length === 0) return nothing;
  const done = new Set(
    (
      await tx
        .select({ connectionId: seriesOccurrences.connectionId, day: seriesOccurrences.day })
        .from(seriesOccurrences)
        .where(
          and(
            eq(seriesOccurrences.workspaceId, ctx.workspaceId),
            eq(seriesOccurrences.seriesId, row.id),
            gte(seriesOccurrences.day, days[0]?.day ?? row.startDay),
          ),
        )
    ).map((o) => `${o.connectionId} ${o.day}`),
  );
  const { targets, problems } = await readyTargets(tx, ctx, row, port);
  const rule = await readDefaultFollowUpRule(tx, ctx.workspaceId);
  const rows: NewPublication[] = [];
  const links: (typeof seriesOccurrences.$inferInsert)[] = [];
  for (const { day, note: _, ...due } of days)
    for (const target of targets) {
      if (done.has(`${target.connectionId} ${day}`)) continue;
      if (undecided.some(({ connectionId }) => connectionId === target.connectionId)) continue;
      if (!(await quota.take(due.dueAt))) {
        problems.push(fact('planning.problems.noRoom', { day: { local: due.localTime.slice(0, 10) } }));
        continue;
      }
      const { id: variantId, text, link, parts, media } = target.variant;
      const made = newPublication(ctx, {
        postId: row.postId,
        variantId,
        connectionId: target.connectionId,
        platform: target.platform,
        text,
        link,
        parts,
        media,
        options: target.options,
        due,
        waits: decision === 'waits',
        follows: null,
        requestKey: `series:${row.id}:${row.revision}:${target.connectionId}:${day}`,
        followUpRule: followUpRuleFor(undefined, rule, target.platform, port),
        approvalId,
        createdBy: row.createdBy,
      });
      rows.push(made);
      links.push({
        workspaceId: ctx.workspaceId,
        seriesId: row.id,
        connectionId: target.connectionId,
        day,
        publicationId: made.id,
      });
    }
  if (rows.length > 0) {
    await tx.insert(publications).values(rows);
    await tx.insert(seriesOccurrences).values(links);
  }
  const problem = combineProblems(problems);
  if (!isDeepStrictEqual(problem, row.problem)) {
    await tx.update(series).set({ problem }).where(own(ctx, row));
    await resolveAlert(tx, ctx, alertKey(row.id));
    if (problem)
      await raiseAlert(tx, ctx, {
        key: alertKey(row.id),
        severity: 'warning',
        title: fact('planning.alerts.seriesProblem'),
        body: problem,
        href: '/auto-posting/repeats',
      });
  }
  return {
    made: rows.length,
    first: decision === 'waits' ? null : (rows[0]?.dueAt ?? null),
    problem,
    undecided,
  };
}

/** Maximum number of problems that are listed. */
const MAX_PROBLEMS = 3;
/** Combines the first few distinct problems into one. */
function combineProblems(problems: readonly Fact[]): Fact | null {
  const different = problems.filter(
    (one, i) => problems.findIndex((other) => isDeepStrictEqual(one, other)) === i,
  );
  const [only, ...more] = different;
  if (!only || more.length === 0) return only ?? null;
  return fact('planning.problems.several', {
    problems: { list: different.slice(0, MAX_PROBLEMS), as: 'space' },
  });
}

const own = (ctx: Ctx, row: SeriesRow) => and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, row.id));

async function end(tx: Tx, ctx: Ctx, row: SeriesRow, problem: Fact | null): Promise<void> {
  await tx
    .update(series)
    .set({
      state: 'ended',
      problem,
      version: sql`${series.version} + 1`,
      updatedAt: ctx.clock.now(),
    })
    .where(own(ctx, row));
  await resolveAlert(tx, ctx, alertKey(row.id));
}

/** Returns the state of a series' approval for its next occurrences. */
async function approvalStateOf(tx: Tx, ctx: Ctx, row: SeriesRow): Promise<'goes' | 'waits' | 'over'> {
  if (row.approvalId === null) return 'goes';
  const [found] = await tx
    .select({ state: approvals.state })
    .from(approvals)
    .where(and(eq(approvals.workspaceId, ctx.workspaceId), eq(approvals.id, row.approvalId)));
  if (found?.state === 'approved') return 'goes';
  return found?.state === 'open' || found?.state === 'kept' ? 'waits' : 'over';
}

/** Returns the accounts that can take the post now, and the problems of the others. */
async function readyTargets(
  tx: Tx,
  ctx: Ctx,
  row: SeriesRow,
  port: Platforms,
): Promise<{ targets: Target[]; problems: Fact[] }> {
  const requests = await tx
    .select({ connectionId: seriesTargets.connectionId, options: seriesTargets.options })
    .from(seriesTargets)
    .where(and(eq(seriesTargets.workspaceId, ctx.workspaceId), eq(seriesTargets.seriesId, row.id)));
  const post = await readPost(tx, ctx.workspaceId, row.postId);
  const targets: Target[] = [];
  const problems: Fact[] = [];
  for (const request of requests)
    try {
      targets.push(...(await checkTargets(tx, ctx.workspaceId, post, [request], port)));
    } catch (error) {
      if (!isAppError(error)) throw error;
      problems.push(error.fact);
    }
  return { targets, problems };
}
