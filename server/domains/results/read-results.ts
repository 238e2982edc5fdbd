import { sql } from 'drizzle-orm';
import { isFree, isOurs, type LeaseKind, newLease, setLease } from '@/db/leases';
import { type FollowUpRule, publicationResults } from '@/db/schema';
import { at, json, rowsOf } from '@/db/statements';
import { type Engagement, isConnectorFault } from '@/server/connectors/kit/types';
import { isAppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import type { Ctx } from '@/server/verbs/context';
import { platformName } from '@/server/verbs/platforms';
import { decideFollowUp, followUpEnd } from '../follow-up-rules/decide';
import { formatCount } from '../follow-up-rules/words';
import { LONGEST_READ_WAIT_MS, nextReadAt, retryReadAt } from './schedule';

/** The lease of the run that reads results. It is not renewed: if the run crashes, its posts are due again in the next round. */
export const RESULTS_LEASE: LeaseKind = {
  name: 'results',
  id: publicationResults.publicationId,
  token: publicationResults.leaseToken,
  until: publicationResults.nextReadAt,
  due: true,
  ms: 10 * 60_000,
  longest: LONGEST_READ_WAIT_MS,
};
/** Time limit of one run, in milliseconds; the rest is left to the next sweep. */
const BUDGET_MS = 40_000;
const MAX_BATCHES = 20;

export interface ReadReport {
  read: number;
  gone: number;
  /** Posts whose results could not be read this time. */
  missed: number;
  /** Publications whose rule reached its number in this run. */
  reached: string[];
}

interface Row {
  id: string;
  remote_id: string;
  published_at: string;
  failures: number;
  missing_since: string | null;
  follow_up_rule: FollowUpRule | null;
  follow_up_state: string | null;
}

/**
 * Reads the results of a connection's due posts from its platform, in batches, and stores the outcome: the numbers, that a post is gone, or
 * why nothing could be read. If a rule's number is seen in time, the rule is marked as reached in the same transaction, so that it cannot
 * be lost. A limit or a fault ends the run for this connection only.
 */
export async function readResults({
  ctx,
  input: { connectionId, platform },
}: {
  ctx: Ctx;
  input: { connectionId: string; platform: string };
}): Promise<ReadReport> {
  const report: ReadReport = { read: 0, gone: 0, missed: 0, reached: [] };
  const began = ctx.clock.now().getTime();
  for (let i = 0; i < MAX_BATCHES && ctx.clock.now().getTime() - began <= BUDGET_MS; i++) {
    const { token, rows } = await takeDue(
      ctx,
      connectionId,
      ctx.platforms.traits(platform)?.resultsBatch ?? 1,
    );
    if (rows.length === 0) break;
    faultPoint('results: taken');
    let said: Engagement[];
    try {
      said = await ctx.platforms.call({
        ctx,
        connectionId,
        capability: 'engagement',
        input: { remoteIds: rows.map((r) => r.remote_id) },
      });
    } catch (error) {
      if (!isConnectorFault(error) && !isAppError(error)) throw error;
      const limited = isConnectorFault(error) && error.kind === 'rate_limited';
      const wait = limited ? (error.options.retryAfter ?? 60) * 1000 : undefined;
      await write(
        ctx,
        token,
        rows.map((row) => missed(row, ctx.clock.now(), isAppError(error) ? error.fact : error.fact, wait)),
      );
      // Posts due behind these would hit the same limit.
      if (limited) await putOff(ctx, connectionId, wait ?? 60_000);
      report.missed += rows.length;
      break;
    }
    faultPoint('results: answer came');
    const now = ctx.clock.now();
    const name = platformName(ctx.platforms, platform);
    const byId = new Map(said.map((e) => [e.remoteId, e]));
    const changes = rows.map((row) => {
      const told = byId.get(row.remote_id);
      if (!told) return missed(row, now, fact('results.problems.notTold', { platform: name }), undefined);
      if (!told.gone) return seen(row, now, told);
      return row.missing_since === null ? notShown(row, now, name) : gone(row, name);
    });
    report.reached.push(...(await write(ctx, token, changes)));
    faultPoint('results: written');
    for (const change of changes) {
      if (change.gone) report.gone++;
      else if (change.read_at) report.read++;
      else report.missed++;
    }
  }
  return report;
}

async function takeDue(
  ctx: Ctx,
  connectionId: string,
  batch: number,
): Promise<{ token: string; rows: Row[] }> {
  const now = ctx.clock.now();
  const lease = newLease(RESULTS_LEASE, now);
  const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    rowsOf<Row>(
      tx,
      sql`
        with due as (
          select publication_id from publication_results
          where workspace_id = ${ctx.workspaceId} and connection_id = ${connectionId} and ${isFree(RESULTS_LEASE, now)}
          order by next_read_at limit ${batch} for update skip locked
        ), taken as (
          update publication_results r set ${setLease(RESULTS_LEASE, lease)}
          from due where r.publication_id = due.publication_id returning r.*
        )
        select p.id, p.remote_id, p.published_at, t.failures, t.missing_since, p.follow_up_rule, t.follow_up_state
        from taken t join publications p on p.id = t.publication_id`,
    ),
  );
  return { token: lease.token, rows };
}

/** Changes from one reading. Null numbers are unknown; `read_at` is null if nothing was read. */
interface Change {
  id: string;
  likes: number | null;
  replies: number | null;
  reposts: number | null;
  views: number | null;
  read_at: string | null;
  next_read_at: string | null;
  gone: boolean;
  missing_since: string | null;
  failures: number;
  problem: Fact | null;
  /** The rule that was evaluated; a rule changed meanwhile is left for the next reading. */
  follow_up_rule: FollowUpRule | null;
  follow_up_state: 'reached' | 'over' | null;
  follow_up_count: number | null;
  follow_up_note: Fact | null;
}

const UNREAD = { likes: null, replies: null, reposts: null, views: null, read_at: null, gone: false };
const NO_NEWS = { follow_up_state: null, follow_up_count: null, follow_up_note: null };
/** Returns the rule that still applies to this post. */
const ruleOf = (row: Row): FollowUpRule | null => (row.follow_up_state === null ? row.follow_up_rule : null);
const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function seen(row: Row, now: Date, told: Engagement): Change {
  const publishedAt = new Date(row.published_at);
  const rule = ruleOf(row);
  const value = rule ? told[rule.measure] : null;
  const state = rule ? decideFollowUp(rule, publishedAt, value, now) : 'waiting';
  return {
    id: row.id,
    likes: told.likes,
    replies: told.replies,
    reposts: told.reposts,
    views: told.views,
    read_at: now.toISOString(),
    next_read_at: iso(
      nextReadAt(publishedAt, now, rule && state === 'waiting' ? followUpEnd(rule, publishedAt) : null),
    ),
    gone: false,
    missing_since: null,
    failures: 0,
    problem: null,
    follow_up_rule: row.follow_up_rule,
    ...(rule && state === 'reached'
      ? { follow_up_state: 'reached', follow_up_count: value, follow_up_note: null }
      : rule && state === 'over'
        ? {
            follow_up_state: 'over',
            follow_up_count: value,
            follow_up_note: whyNothingFollowed(rule, value),
          }
        : NO_NEWS),
  };
}

function whyNothingFollowed(
  { measure, atLeast: least, withinHours: hours }: FollowUpRule,
  value: number | null,
): Fact {
  if (value === null) return fact('results.notes.neverTold', { measure, hours });
  return value >= least
    ? fact('results.notes.nobodyLooked', { counted: formatCount(least, measure), hours })
    : fact('results.notes.tooFew', { counted: formatCount(value, measure), hours, least });
}

/**
 * A single report is not enough, because platforms also report "it does not exist, or you may not see it" during temporary problems. The
 * next round checks again.
 */
function notShown(row: Row, now: Date, name: string): Change {
  const asked = missed(
    { ...row, failures: 0 },
    now,
    fact('results.problems.notShown', { platform: name }),
    undefined,
  );
  return { ...asked, missing_since: now.toISOString() };
}

function gone(row: Row, name: string): Change {
  const problem = fact('results.problems.gone', { platform: name });
  return {
    id: row.id,
    ...UNREAD,
    gone: true,
    missing_since: row.missing_since,
    next_read_at: null,
    failures: 0,
    problem,
    follow_up_rule: row.follow_up_rule,
    ...(ruleOf(row)
      ? {
          follow_up_state: 'over' as const,
          follow_up_count: null,
          follow_up_note: fact('results.notes.gone', { problem }),
        }
      : NO_NEWS),
  };
}

function missed(row: Row, now: Date, problem: Fact, wait: number | undefined): Change {
  const publishedAt = new Date(row.published_at);
  const rule = ruleOf(row);
  const late = rule !== null && decideFollowUp(rule, publishedAt, null, now) === 'over';
  return {
    id: row.id,
    ...UNREAD,
    next_read_at: iso(retryReadAt(publishedAt, now, row.failures + 1, wait, rule !== null && !late)),
    missing_since: row.missing_since,
    failures: row.failures + 1,
    problem,
    follow_up_rule: row.follow_up_rule,
    ...(late
      ? {
          follow_up_state: 'over' as const,
          follow_up_count: null,
          follow_up_note: fact('results.notes.notSeen', { problem }),
        }
      : NO_NEWS),
  };
}

/**
 * Stores a batch in one transaction. Known numbers stay if a reading brought none. The publications are locked first, as by every change of
 * a rule, and their `updated_at` notifies pages if something changed. Returns the publications whose rule is now reached. Rows that another
 * run has taken over stay as they are.
 */
async function write(ctx: Ctx, token: string, changes: readonly Change[]): Promise<string[]> {
  const now = at(ctx.clock.now());
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const ids = json(changes.map((c) => c.id));
    await rowsOf(
      tx,
      sql`select id from publications where workspace_id = ${ctx.workspaceId}
        and id in (select jsonb_array_elements_text(${ids})) order by id for update`,
    );
    const reached = await rowsOf<{ id: string }>(
      tx,
      sql`
        with change as (
          select * from jsonb_to_recordset(${json(changes)}) as c(id text, likes int, replies int, reposts int, views int,
            read_at timestamptz, next_read_at timestamptz, gone boolean, missing_since timestamptz, failures int, problem jsonb, follow_up_rule jsonb,
            follow_up_state text, follow_up_count int, follow_up_note jsonb)
        ), judged as (
          select c.*, o.likes as o_likes, o.replies as o_replies, o.reposts as o_reposts, o.views as o_views, o.gone as o_gone,
            o.problem as o_problem,
            case when o.follow_up_state is null and p.follow_up_rule is not distinct from nullif(c.follow_up_rule, 'null'::jsonb) then c.follow_up_state end as news,
            -- A rule that came or changed while the platform was asked is looked at soon.
            p.follow_up_rule is distinct from nullif(c.follow_up_rule, 'null'::jsonb) as other_rule
          from change c
          join publication_results o on o.publication_id = c.id and ${isOurs(RESULTS_LEASE, token, 'o')}
          join publications p on p.id = c.id
        ), written as (
          update publication_results r set
            likes = case when j.read_at is null then r.likes else j.likes end,
            replies = case when j.read_at is null then r.replies else j.replies end,
            reposts = case when j.read_at is null then r.reposts else j.reposts end,
            views = case when j.read_at is null then r.views else j.views end,
            read_at = coalesce(j.read_at, r.read_at),
            lease_token = null, next_read_at = case when j.other_rule and not j.gone then ${now} else j.next_read_at end,
            gone = j.gone, missing_since = j.missing_since, failures = j.failures, problem = j.problem,
            follow_up_state = coalesce(j.news, r.follow_up_state),
            follow_up_at = case when j.news is null then r.follow_up_at else ${now} end,
            follow_up_count = case when j.news is null then r.follow_up_count else j.follow_up_count end,
            follow_up_note = case when j.news is null then r.follow_up_note else j.follow_up_note end
          from judged j where r.publication_id = j.id
        ), told as (
          update publications p set updated_at = ${now}
          from judged j where p.id = j.id and (
            j.news is not null or j.gone is distinct from j.o_gone or j.problem is distinct from j.o_problem
            or (j.read_at is not null and (j.likes, j.replies, j.reposts, j.views)
            is distinct from (j.o_likes, j.o_replies, j.o_reposts, j.o_views)))
        )
        select id from judged where news = 'reached'`,
    );
    return reached.map((r) => r.id);
  });
}

async function putOff(ctx: Ctx, connectionId: string, waitMs: number): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    rowsOf(
      tx,
      sql`
        update publication_results set next_read_at = ${at(new Date(now.getTime() + Math.min(waitMs, LONGEST_READ_WAIT_MS)))}
        where workspace_id = ${ctx.workspaceId} and connection_id = ${connectionId} and ${isFree(RESULTS_LEASE, now)}`,
    ),
  );
}
