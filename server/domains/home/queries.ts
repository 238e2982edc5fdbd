import { and, asc, count, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  APPROVAL_LISTS,
  actions,
  activity,
  alerts,
  approvals,
  connections,
  PUBLICATION_LISTS,
  posts,
  products,
  publications,
} from '@/db/schema';
import { verbatim } from '@/server/foundation/facts';
import { truncateText } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { isKnownAction } from '../actions/kinds';
import { figureOf } from '../ledger/accounts';
import { currencyOrder } from '../ledger/currency-order';
import { monthOf, monthRange } from '../ledger/month';
import { sumNotAttributed } from '../ledger/not-attributed';
import { sumAccounts } from '../ledger/queries';
import { getHold } from '../posting-control/queries';
import { laneHead, waitsOf } from '../publications/waits';
import { readWorkspace } from '../workspaces/read-workspace';
import { type Overview, overviewOutput, shellOutput } from './schemas';

/** Number of rows in a panel of Home; the rest is one click away. */
const PANEL = 5;
/** Length of a shown beginning of a post, in code units. */
const BEGINNING = 200;
/** Maximum number of alerts. They are not listed anywhere else, so Home shows all of them and collapses the less pressing ones. */
const ALERTS = 50;
/** Returns what surrounds every page: the workspace, its plan and the number of open tasks. */
export const shell = defineVerb({
  verb: 'home.shell',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: shellOutput,
  run: async (ctx) => {
    const { heldAt, ...around } = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const used = await tx
        .select({ environment: connections.environment, count: count() })
        .from(connections)
        .where(and(eq(connections.workspaceId, ctx.workspaceId), ne(connections.status, 'disconnected')))
        .groupBy(connections.environment);
      const of = (environment: 'live' | 'sandbox') =>
        used.find((row) => row.environment === environment)?.count ?? 0;
      return {
        workspaceName: workspace.name,
        plan: workspace.plan,
        timeZone: workspace.timeZone,
        onboardingStep: workspace.onboardingStep,
        isDemo: workspace.isDemo,
        sandboxConnections: of('sandbox'),
        liveConnections: of('live'),
        todoCount: (await countOpenApprovals(tx, ctx)) + (await countOpenActions(tx, ctx)),
        heldAt: workspace.heldAt,
      };
    });
    return { ...around, hold: heldAt ? await getHold({ ctx }) : null };
  },
});

/** Returns today's overview, in one transaction so that the figures are consistent. */
export const overview = defineVerb({
  verb: 'home.overview',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: overviewOutput,
  run: async (ctx) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const { timeZone, reportingCurrency } = await readWorkspace(tx, ctx);
      return {
        timeZone,
        money: await readMoney(tx, ctx, timeZone, reportingCurrency),
        waiting: await readWaiting(tx, ctx),
        next: await readNext(tx, ctx),
        activity: await readActivity(tx, ctx),
        connections: await readConnections(tx, ctx),
        alerts: await readAlerts(tx, ctx),
      };
    });
  },
});

async function readMoney(tx: Tx, ctx: Ctx, timeZone: string, own: string): Promise<Overview['money']> {
  const month = monthOf(ctx.clock.now(), timeZone);
  const range = monthRange(month, timeZone);
  const totals = new Map<string, Overview['money']['totals'][number]>();
  for (const row of await sumAccounts(tx, ctx, range)) {
    const belongs = figureOf(row.account, row.amount);
    if (!belongs) continue;
    const { currency } = row;
    const total = totals.get(currency) ?? { currency, gross: 0, refunds: 0, fees: 0, costs: 0, net: 0 };
    totals.set(currency, total);
    // Credits are negative: sales raise the net. Refunds, fees and costs are debits and lower it.
    total.net -= row.amount;
    if (belongs.figure === 'discounts') total.gross -= belongs.amount;
    else if (belongs.figure === 'shipping') total.gross += belongs.amount;
    else total[belongs.figure] += belongs.amount;
  }
  // A currency of which everything was converted into another one has nothing to show.
  for (const [currency, { gross, refunds, fees, costs, net }] of totals)
    if ([gross, refunds, fees, costs, net].every((figure) => figure === 0)) totals.delete(currency);
  const order = currencyOrder(own);
  const [product] = await tx
    .select({ id: products.id })
    .from(products)
    .where(eq(products.workspaceId, ctx.workspaceId))
    .limit(1);
  return {
    month,
    totals: [...totals.values()].sort((a, b) => order(a.currency, b.currency)),
    notAttributed: await sumNotAttributed(tx, ctx, range, own),
    hasProducts: product !== undefined,
  };
}

async function countOpenApprovals(tx: Tx, ctx: Ctx): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(approvals)
    .where(
      and(eq(approvals.workspaceId, ctx.workspaceId), inArray(approvals.state, APPROVAL_LISTS.undecided)),
    );
  return row?.count ?? 0;
}

async function countOpenActions(tx: Tx, ctx: Ctx): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(actions)
    .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.state, 'open'), isKnownAction()));
  return row?.count ?? 0;
}

/** Reads the open tasks, most pressing first: by deadline, then those without one, oldest first. */
async function readWaiting(tx: Tx, ctx: Ctx): Promise<Overview['waiting']> {
  const asked = await tx
    .select({
      id: approvals.id,
      title: approvals.title,
      subjectType: approvals.subjectType,
      deadlineAt: approvals.deadlineAt,
      policy: approvals.policy,
      state: approvals.state,
    })
    .from(approvals)
    .where(
      and(eq(approvals.workspaceId, ctx.workspaceId), inArray(approvals.state, APPROVAL_LISTS.undecided)),
    )
    .orderBy(asc(approvals.deadlineAt))
    .limit(PANEL);
  const todo = await tx
    .select({
      id: actions.id,
      title: actions.title,
      subjectType: actions.subjectType,
      deadlineAt: actions.deadlineAt,
    })
    .from(actions)
    .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.state, 'open'), isKnownAction()))
    .orderBy(sql`${actions.deadlineAt} asc nulls last`, asc(actions.createdAt))
    .limit(PANEL);
  const items: Overview['waiting']['items'] = [
    ...asked.map(({ state, deadlineAt, title, ...row }) => ({
      ...row,
      title: verbatim(title),
      kind: 'approval' as const,
      // The deadline of a kept approval has passed, and nothing more happens automatically.
      deadlineAt: state === 'kept' ? null : deadlineAt,
    })),
    ...todo.map((row) => ({ ...row, kind: 'action' as const, policy: null })),
  ];
  const time = (at: Date | null) => at?.getTime() ?? Number.POSITIVE_INFINITY;
  items.sort((a, b) =>
    time(a.deadlineAt) < time(b.deadlineAt) ? -1 : time(a.deadlineAt) > time(b.deadlineAt) ? 1 : 0,
  );
  return {
    count: (await countOpenApprovals(tx, ctx)) + (await countOpenActions(tx, ctx)),
    items: items.slice(0, PANEL),
  };
}

async function readNext(tx: Tx, ctx: Ctx): Promise<Overview['next']> {
  const ahead = and(
    eq(publications.workspaceId, ctx.workspaceId),
    inArray(publications.state, PUBLICATION_LISTS.ahead),
  );
  const items = await tx
    .select({
      id: publications.id,
      postId: publications.postId,
      title: posts.title,
      // With the rest of the last emoji, which the database cannot recognize.
      text: sql<string>`left(${publications.text}, ${2 * BEGINNING})`,
      dueAt: publications.dueAt,
      state: publications.state,
      kind: publications.kind,
      followsId: publications.followsId,
      retryAt: publications.retryAt,
      problem: publications.problem,
      head: laneHead,
      platform: connections.platform,
      account: connections.remoteName,
    })
    .from(publications)
    .innerJoin(posts, eq(posts.id, publications.postId))
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .where(ahead)
    .orderBy(asc(publications.dueAt), asc(publications.id))
    .limit(PANEL);
  const [row] = await tx.select({ count: count() }).from(publications).where(ahead);
  return {
    count: row?.count ?? 0,
    items: items.map(({ retryAt, problem, head, ...item }) => ({
      ...item,
      text: truncateText(item.text, BEGINNING),
      waits: waitsOf({ ...item, retryAt, problem }, head),
    })),
  };
}

async function readActivity(tx: Tx, ctx: Ctx): Promise<Overview['activity']> {
  return tx
    .select({
      id: activity.id,
      at: activity.at,
      verb: activity.verb,
      summary: activity.summary,
      subjectType: activity.subjectType,
      subjectId: activity.subjectId,
    })
    .from(activity)
    .where(eq(activity.workspaceId, ctx.workspaceId))
    .orderBy(desc(activity.at), desc(activity.id))
    .limit(8);
}

/** Reads every connection, those that need attention first. */
async function readConnections(tx: Tx, ctx: Ctx): Promise<Overview['connections']> {
  return tx
    .select({
      id: connections.id,
      platform: connections.platform,
      environment: connections.environment,
      status: connections.status,
      name: connections.remoteName,
      problem: connections.problem,
      lastUsedAt: connections.lastUsedAt,
    })
    .from(connections)
    .where(eq(connections.workspaceId, ctx.workspaceId))
    .orderBy(
      sql`case ${connections.status} when 'needs_reconnect' then 0 when 'active' then 1 else 2 end`,
      asc(connections.platform),
      asc(connections.remoteName),
    );
}

async function readAlerts(tx: Tx, ctx: Ctx): Promise<Overview['alerts']> {
  const open = and(eq(alerts.workspaceId, ctx.workspaceId), eq(alerts.resolved, false));
  const items = await tx
    .select({
      id: alerts.id,
      severity: alerts.severity,
      title: alerts.title,
      body: alerts.body,
      href: alerts.href,
      createdAt: alerts.createdAt,
    })
    .from(alerts)
    .where(open)
    .orderBy(
      sql`case ${alerts.severity} when 'serious' then 0 when 'warning' then 1 else 2 end`,
      desc(alerts.createdAt),
    )
    .limit(ALERTS);
  const [row] = await tx.select({ count: count() }).from(alerts).where(open);
  return { count: row?.count ?? 0, items };
}
