import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { actions, connections, PUBLICATION_LISTS, postingSettings, posts, publications } from '@/db/schema';
import { listed, stateAfter, statesBefore } from '@/db/state-sql';
import { at, json, ms, rowsOf } from '@/db/statements';
import { platformTraits } from '@/server/connectors/platform-traits';
import type { Clock } from '@/server/foundation/clock';
import { type Fact, type FactKey, fact, type ListParam } from '@/server/foundation/facts';
import { asWorkspaceId, newId } from '@/server/foundation/ids';
import { localDayOf, localTimeOf } from '@/server/foundation/local-time';
import { log } from '@/server/foundation/log';
import { type Ctx, systemActor } from '@/server/verbs/context';
import { actionColumns } from '../actions/kinds';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { connectorPlatforms } from '../connections/connector-platforms';
import { askUser, firstUnseen, mayBeOut } from '../publications/ask-uncertain-outcome';
import { endAlerts } from '../publications/end-alerts';
import { isLate, lateBefore, waitsSince } from '../publications/late';
import { MAX_QUESTIONS, usableKeyMs } from '../publications/policy';
import { isFollowUp } from '../publications/publication-kind';
import { STEPS } from '../publications/transitions';
import { countsTowardsPlan, remainingOnDay } from '../scheduling/count-day';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { classifyLate, type LateOutcome, type LateRow } from './classify-late';

const WORKSPACES = 200;
/** The longest overdue rows, up to this number, determine which workspaces come first. The others follow at the next sweep. */
const LATE_AT_ONCE = 10_000;
/** Number of titles listed in a question about many posts. */
const NAMED = 5;

export type LateReport = Record<LateOutcome, number>;
interface Late {
  id: string;
  title: string;
  account: string;
  dueAt: Date;
  localTime: string;
  timeZone: string;
  since: Date;
  doubt: LateRow['doubt'];
  follows: boolean;
  free: boolean;
  leads: boolean;
}

/**
 * Decides, by each workspace's rule, what happens to rows whose time passed while no process could send them, because the machine was off
 * or posting was on hold. The sweep calls it before it claims, and never claims a late row that is undecided. A workspace whose decision
 * fails is left to the next sweep and does not hold up the others.
 */
export async function decideLate({ db, clock }: { db: Db; clock: Clock }): Promise<LateReport> {
  const report: LateReport = { go: 0, today: 0, ask: 0, skip: 0, doubt: 0 };
  const found = await rowsOf<{ workspace_id: string }>(
    db.raw,
    sql`select * from tributary.late_workspaces(${at(lateBefore(clock.now()))}, ${LATE_AT_ONCE}::int, ${WORKSPACES}::int)`,
  );
  for (const { workspace_id } of found) {
    const ctx: Ctx = {
      db,
      clock,
      // The calling sweep claims afterwards, so no event is needed.
      events: { publish: async () => {} },
      platforms: connectorPlatforms,
      workspaceId: asWorkspaceId(workspace_id),
      actor: systemActor('publisher'),
    };
    try {
      const one = await db.asWorkspace(ctx.workspaceId, (tx) => decideIn(tx, ctx));
      for (const outcome of Object.keys(report) as LateOutcome[]) report[outcome] += one[outcome];
    } catch (error) {
      log().error({ err: error, workspace: workspace_id }, 'late posts could not be decided');
    }
  }
  return report;
}

async function decideIn(tx: Tx, ctx: Ctx): Promise<LateReport> {
  const report: LateReport = { go: 0, today: 0, ask: 0, skip: 0, doubt: 0 };
  const workspace = await lockWorkspace(tx, ctx.workspaceId);
  if (workspace.heldAt) return report;
  const now = ctx.clock.now();
  const [settings] = await tx
    .select({ missedPolicy: postingSettings.missedPolicy, missedMinutes: postingSettings.missedMinutes })
    .from(postingSettings)
    .where(eq(postingSettings.workspaceId, ctx.workspaceId));
  const today = localDayOf(now, workspace.timeZone).from;
  const rows = await readLate(tx, ctx, now, today);
  const room = {
    today: await remainingOnDay(
      tx,
      workspace,
      now,
      rows.map((r) => r.id),
    ),
  };
  const rule = settings ?? { missedPolicy: 'post' as const, missedMinutes: 120 };
  // Late rows of today were not counted as used above, so each one that is sent takes its place.
  const by: Record<LateOutcome, Late[]> = { go: [], today: [], ask: [], skip: [], doubt: [] };
  for (const row of rows) {
    const outcome = classifyLate(row, rule, workspace.timeZone, now, room);
    if (outcome === 'go' && !row.free && row.dueAt >= today) room.today--;
    by[outcome].push(row);
  }
  await update(tx, ctx, by.go, { claimedUntil: now });
  await sendToday(tx, ctx, by.today, { from: today, zone: workspace.timeZone });
  await ask(tx, ctx, by.ask);
  await skip(tx, ctx, by.skip);
  await askUser(
    tx,
    ctx,
    by.doubt.map((r) => r.id),
  );
  for (const outcome of Object.keys(report) as LateOutcome[]) report[outcome] = by[outcome].length;
  return report;
}

async function readLate(tx: Tx, ctx: Ctx, now: Date, today: Date): Promise<Late[]> {
  const rows = await rowsOf<{ id: string; since: number; leads: boolean }>(
    tx,
    sql`
      select id, ${ms(waitsSince)} as since, due_at < ${at(today)} and exists (
        select from publications b where b.connection_id = publications.connection_id and b.workspace_id = publications.workspace_id
          and (b.due_at, b.id) > (publications.due_at, publications.id) and b.due_at <= ${at(today)}
          and (b.state in ${listed(PUBLICATION_LISTS.inHand)} or b.due_at = ${at(today)} or (b.state = 'scheduled' and greatest(b.due_at, b.retry_at, b.claimed_until) >= ${at(lateBefore(now))}))
        ) as leads
      from publications
      where workspace_id = ${ctx.workspaceId} and state in (${statesBefore('miss')}) and ${isLate(now)}
      order by due_at, id for update skip locked`,
  );
  if (rows.length === 0) return [];
  const found = new Map(rows.map((r) => [r.id, r]));
  const known = await tx
    .select({
      id: publications.id,
      title: posts.title,
      account: connections.remoteName,
      dueAt: publications.dueAt,
      localTime: publications.localTime,
      timeZone: publications.timeZone,
      platform: connections.platform,
      kind: publications.kind,
      requestKey: publications.requestKey,
      uncertain: mayBeOut,
      firstUnseen,
    })
    .from(publications)
    .innerJoin(posts, eq(posts.id, publications.postId))
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .where(and(eq(publications.workspaceId, ctx.workspaceId), inArray(publications.id, [...found.keys()])))
    .orderBy(publications.dueAt, publications.id);
  return known.map(({ platform, uncertain, firstUnseen, kind, requestKey, ...r }) => ({
    ...r,
    follows: kind === 'reply' && !isFollowUp({ requestKey }),
    free: !countsTowardsPlan({ kind }),
    // Repeating a repost is harmless, because it can exist only once.
    doubt: uncertain
      ? kind === 'repost' || keyHolds(platform, firstUnseen, now)
        ? 'keyed'
        : 'over'
      : 'none',
    since: new Date(found.get(r.id)?.since ?? r.dueAt),
    leads: found.get(r.id)?.leads ?? false,
  }));
}

/** Whether the platform certainly still knows the key of an attempt made at `first` (milliseconds). */
function keyHolds(platform: string, first: number | null, now: Date): boolean {
  return first !== null && now.getTime() - first < usableKeyMs(platformTraits(platform)?.keyMs);
}

/**
 * Moves rows to the start of today, a microsecond apart. They are sent now, each account's in order and ahead of those that came due today.
 * They count as attended to, so that the same sweep claims them.
 */
async function sendToday(
  tx: Tx,
  ctx: Ctx,
  rows: readonly Late[],
  { from, zone }: { from: Date; zone: string },
): Promise<void> {
  if (rows.length === 0) return;
  const now = ctx.clock.now();
  await tx.execute(sql`
    update publications p set state = ${stateAfter('sendLate')}, version = p.version + 1, retry_at = null, claimed_until = ${at(now)},
      due_at = ${at(from)} + (w.place - 1) * interval '1 microsecond', local_time = ${localTimeOf(from, zone)}, time_zone = ${zone},
      updated_at = ${at(now)}
    from jsonb_array_elements_text(${json(rows.map((r) => r.id))}) with ordinality as w(id, place)
    where p.id = w.id and p.workspace_id = ${ctx.workspaceId}`);
}

/** Updates columns of many rows. The rows are locked and in the state that the step requires. */
async function update(
  tx: Tx,
  ctx: Ctx,
  rows: readonly Late[],
  set: Parameters<ReturnType<typeof tx.update<typeof publications>>['set']>[0],
): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .update(publications)
    .set({ ...set, updatedAt: ctx.clock.now() })
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        inArray(
          publications.id,
          rows.map((r) => r.id),
        ),
      ),
    );
}

/** The problem of a missed publication: when it was due, in its own zone. */
const missedProblem = (key: Extract<FactKey, `due.problems.missed${string}`>) =>
  sql<Fact>`jsonb_build_object('fact', ${key}::text, 'params', jsonb_build_object(
    'due', jsonb_build_object('local', ${publications.localTime}), 'zone', ${publications.timeZone}))`;

/** Asks a user about missed posts: one question each, or a single one if there are many. */
async function ask(tx: Tx, ctx: Ctx, rows: readonly Late[]): Promise<void> {
  const groups = rows.length > MAX_QUESTIONS ? [rows] : rows.map((r) => [r]);
  for (const group of groups) {
    const [first] = group;
    if (!first) continue;
    const id = newId('action', ctx.clock.now().getTime());
    const many = group.length > 1;
    const count = group.length;
    const what = labelOf(first);
    await update(tx, ctx, group, {
      state: STEPS.miss.to,
      version: sql`${publications.version} + 1`,
      problem: missedProblem('due.problems.missedAsked'),
      setAsideBy: id,
      setAsideFrom: 'scheduled',
      retryAt: null,
      claimedUntil: null,
    });
    await tx
      .insert(actions)
      .values({
        id,
        workspaceId: ctx.workspaceId,
        subjectType: many ? 'publications' : 'publication',
        subjectId: many ? id : first.id,
        ...actionColumns('publication_missed', {
          ...dueOf(first),
          what,
          count,
          posts: named(group),
        }),
        createdAt: ctx.clock.now(),
      })
      .onConflictDoNothing();
    await recordActivity(tx, ctx, {
      verb: 'publication.missed',
      subjectType: many ? 'action' : 'publication',
      subjectId: many ? id : first.id,
      summary: fact('due.activity.missed', { count, what }),
      before: { state: 'scheduled' },
      after: { state: STEPS.miss.to },
    });
  }
}

async function skip(tx: Tx, ctx: Ctx, rows: readonly Late[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  await update(tx, ctx, rows, {
    state: STEPS.skipMissed.to,
    version: sql`${publications.version} + 1`,
    problem: missedProblem('due.problems.missed'),
    retryAt: null,
    claimedUntil: null,
  });
  await endAlerts(
    tx,
    ctx,
    rows.map((row) => row.id),
  );
  const count = rows.length;
  const what = labelOf(first);
  await raiseAlert(tx, ctx, {
    key: `missed:${first.id}`,
    severity: 'warning',
    title: fact('due.alerts.skipped.title', { count, what }),
    body: fact('due.alerts.skipped.body', { count, ...dueOf(first), posts: named(rows) }),
    href: '/calendar',
  });
  await recordActivity(tx, ctx, {
    verb: 'publication.skipped',
    subjectType: 'publication',
    subjectId: first.id,
    summary: fact('due.activity.skipped', { count, what }),
    before: { state: 'scheduled' },
    after: { state: STEPS.skipMissed.to },
  });
}

const labelOf = ({ title, account }: Late): Fact =>
  fact('publications.labels.inside.post', { title, place: account });
const dueOf = ({ localTime, timeZone }: Late) => ({ due: { local: localTime }, zone: timeZone });

function named(rows: readonly Late[]): ListParam {
  const list = rows.slice(0, NAMED).map(labelOf);
  const count = rows.length - list.length;
  return { list: count > 0 ? [...list, fact('due.notes.more', { count })] : list };
}
