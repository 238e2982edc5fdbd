import { and, eq, inArray, ne, type SQL, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { isFree, isOurs, type LeaseKind, newLease, setLease } from '@/db/leases';
import { connections, grants, webhookEvents } from '@/db/schema';
import { rowsOf } from '@/db/statements';
import { readWebhook } from '@/server/connectors/host/webhooks';
import { ConnectorFault, isConnectorFault } from '@/server/connectors/kit/types';
import type { Notice, WebhookTopic } from '@/server/connectors/kit/webhooks';
import { platformManifest } from '@/server/connectors/registry';
import type { Clock } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import { asWorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { receivedBody } from '@/server/foundation/stored-body';
import { type Ctx, type Services, webhookActor } from '@/server/verbs/context';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { webhooksAlertKey } from '../connections/alert-keys';
import { checkAccess } from '../connections/check-access';
import { type Found, findReceiver } from '../connections/webhook-receivers';
import { readSoon } from '../results/read-soon';

/** Attempts at one event: the waits between them add up to about five hours. */
const MAX_TRIES = 10;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** Events that are applied together. What they say about one account is done once. */
const BATCH = 100;
/** Time after which a run starts no further batch, in milliseconds. */
const BUDGET_MS = 30_000;
/** Time after which the rest of a batch is left for later, in milliseconds, well before its lease is over. */
const BATCH_MS = 2 * 60_000;
const MAX_ADDRESSES = 1_000;

/** The lease of the run that applies an event. It is not renewed: applying an event twice does no harm. */
export const WEBHOOK_LEASE: LeaseKind = {
  name: 'webhooks',
  id: webhookEvents.id,
  token: webhookEvents.leaseToken,
  until: webhookEvents.nextAt,
  due: true,
  ms: 5 * 60_000,
  longest: LONGEST_WAIT_MS,
};

/** Finds the addresses at which events wait to be applied, the longest waiting first. */
export const waitingReceivers = ({
  db,
  clock,
}: {
  db: Db;
  clock: Clock;
}): Promise<{ platform: string; receiver: string }[]> =>
  db.asSystem((tx) =>
    rowsOf(
      tx,
      sql`select provider as platform, receiver from webhook_events
        where next_at is not null and receiver is not null and ${isFree(WEBHOOK_LEASE, clock.now())}
        group by provider, receiver order by min(next_at) limit ${MAX_ADDRESSES}`,
    ),
  );

export interface AppliedReport {
  applied: number;
  /** Events that will be tried again. */
  later: number;
  /** Events that were given up. */
  failed: number;
}

interface Row {
  id: string;
  body: string | null;
  tries: number;
}

/** What events say about one connection. */
interface Task {
  workspaceId: string;
  connectionId: string;
  account: string;
  topics: Set<WebhookTopic>;
  posts: Set<string>;
  events: Set<Row>;
  /** Why it could not be done. */
  fault: ConnectorFault | null;
}

/**
 * Applies the events that wait at one address. The platform is asked for the state of what they are about, and its answer is applied by the
 * same code as without webhooks, so neither their order nor a repetition nor a loss matters. An event that cannot be applied is tried again,
 * and in the end given up with an alert.
 */
export async function applyWebhooks(
  deps: Services,
  { platform, receiver }: { platform: string; receiver: string },
): Promise<AppliedReport> {
  const report: AppliedReport = { applied: 0, later: 0, failed: 0 };
  const until = performance.now() + BUDGET_MS;
  while (performance.now() < until) {
    const { token, rows } = await takeDue(deps, platform, receiver);
    if (rows.length === 0) break;
    faultPoint('webhooks: taken');
    const found = await findReceiver(deps, platform, receiver);
    const read = new Map<Row, readonly Notice[] | null>(
      rows.map((row) => [row, found ? noticesIn(found, platform, row) : []]),
    );
    const tasks = found ? await tasksOf(deps, platform, found, read) : [];
    const faults = new Map<Row, ConnectorFault>();
    const batchUntil = performance.now() + BATCH_MS;
    // Those for which no time is left are not counted as tried.
    const late = new Set<Row>();
    for (const task of tasks) {
      if (performance.now() > batchUntil) {
        for (const row of task.events) late.add(row);
        continue;
      }
      task.fault = await perform(deps, platform, task);
      if (task.fault) for (const row of task.events) faults.set(row, task.fault);
    }
    const putOff = [...late].filter((row) => !faults.has(row));
    faultPoint('webhooks: applied');
    const unreadable = rows.filter((row) => read.get(row) === null);
    const done = rows.filter((row) => !faults.has(row) && !late.has(row) && !unreadable.includes(row));
    const over = [...faults.keys()].filter(({ tries }) => tries + 1 >= MAX_TRIES);
    await settle(deps, token, done, { outcome: 'done', processedAt: deps.clock.now(), body: null });
    await settle(deps, token, unreadable, { outcome: 'unreadable' });
    await settle(deps, token, putOff, { nextAt: deps.clock.now() });
    for (const row of faults.keys()) {
      const last = over.includes(row);
      const at = last ? null : waitAfter(deps.clock.now(), row.tries, faults.get(row));
      await settle(deps, token, [row], {
        tries: row.tries + 1,
        nextAt: at,
        outcome: last ? 'failed' : null,
      });
    }
    for (const task of tasks)
      if (task.fault && over.some((row) => task.events.has(row))) await alertAbout(deps, platform, task);
    report.applied += done.length;
    report.later += faults.size - over.length + putOff.length;
    report.failed += over.length + unreadable.length;
  }
  return report;
}

async function takeDue(
  { db, clock }: Services,
  platform: string,
  receiver: string,
): Promise<{ token: string; rows: Row[] }> {
  const lease = newLease(WEBHOOK_LEASE, clock.now());
  const rows = await db.asSystem((tx) =>
    rowsOf<Row>(
      tx,
      sql`
        with due as (
          select id from webhook_events
          where receiver = ${receiver} and provider = ${platform} and next_at is not null and ${isFree(WEBHOOK_LEASE, clock.now())}
          order by next_at limit ${BATCH} for update skip locked
        )
        update webhook_events e set ${setLease(WEBHOOK_LEASE, lease)}
        from due where e.id = due.id returning e.id, e.body, e.tries`,
    ),
  );
  return { token: lease.token, rows };
}

/** Stores the outcome of events, unless another run has taken them over. */
async function settle(
  { db }: Services,
  token: string,
  rows: readonly Row[],
  values: Partial<typeof webhookEvents.$inferInsert>,
): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await db.asSystem((tx) =>
    tx
      .update(webhookEvents)
      .set({ nextAt: null, leaseToken: null, ...values })
      .where(and(inArray(webhookEvents.id, ids), isOurs(WEBHOOK_LEASE, token))),
  );
}

function waitAfter(now: Date, tries: number, fault: ConnectorFault | undefined): Date {
  const asked = (fault?.options.retryAfter ?? 0) * 1000;
  const wait = Math.max(asked, FIRST_WAIT_MS * 2 ** Math.min(10, tries));
  return new Date(now.getTime() + Math.min(LONGEST_WAIT_MS, wait));
}

const noticesIn = ({ webhooks }: Found, platform: string, { body }: Row): readonly Notice[] | null =>
  readWebhook(platform, webhooks, receivedBody(body ?? ''))?.notices ?? null;

/** Returns what the events say, by the connections that they are about. An account may be connected in several workspaces. */
async function tasksOf(
  { db }: Services,
  platform: string,
  found: Found,
  read: ReadonlyMap<Row, readonly Notice[] | null>,
): Promise<Task[]> {
  const { terms } = found.webhooks;
  const all = [...read].flatMap(([row, notices]) => (notices ?? []).map((notice) => ({ row, notice })));
  const accounts = [...new Set(all.flatMap(({ notice }) => notice.account ?? []))];
  const whose: SQL | undefined =
    terms.per === 'connection'
      ? eq(connections.id, found.of?.subject ?? '')
      : and(
          inArray(connections.remoteId, accounts.length > 0 ? accounts : ['']),
          terms.per === 'grant' ? eq(grants.grantedBy, found.of?.subject ?? '') : undefined,
        );
  const rows = await db.asSystem((tx) =>
    tx
      .select({
        connectionId: connections.id,
        workspaceId: connections.workspaceId,
        remoteId: connections.remoteId,
        account: connections.remoteName,
      })
      .from(connections)
      .leftJoin(grants, eq(grants.id, connections.grantId))
      .where(
        and(
          eq(connections.platform, platform),
          eq(connections.environment, found.environment),
          found.of ? eq(connections.server, found.of.server) : undefined,
          ne(connections.status, 'disconnected'),
          whose,
        ),
      ),
  );
  return rows.flatMap(({ remoteId, ...row }) => {
    const task: Task = { ...row, topics: new Set(), posts: new Set(), events: new Set(), fault: null };
    for (const { row: event, notice } of all) {
      if (notice.account !== null && notice.account !== remoteId) continue;
      task.topics.add(notice.topic);
      for (const post of notice.posts ?? []) task.posts.add(post);
      task.events.add(event);
    }
    return task.events.size > 0 ? [task] : [];
  });
}

const ctxOf = ({ db, clock, events, platforms }: Services, platform: string, task: Task): Ctx => ({
  db,
  clock,
  events,
  platforms,
  workspaceId: asWorkspaceId(task.workspaceId),
  actor: webhookActor(platform),
});

/** Does what events ask for at one connection. Returns the fault for which it has to be tried again, or null. */
async function perform(deps: Services, platform: string, task: Task): Promise<ConnectorFault | null> {
  const ctx = ctxOf(deps, platform, task);
  const { connectionId, workspaceId } = task;
  try {
    for (const topic of task.topics) await APPLY[topic](ctx, task, platform);
    await ctx.db.asWorkspace(ctx.workspaceId, (tx) => resolveAlert(tx, ctx, webhooksAlertKey(connectionId)));
    return null;
  } catch (error) {
    if (isConnectorFault(error)) return error;
    log().error({ err: error, platform, workspaceId, connectionId }, 'a webhook could not be applied');
    return tryAgain(platform);
  }
}

const tryAgain = (platform: string): ConnectorFault =>
  new ConnectorFault(
    'transient',
    fact('connectors.errors.trouble', { platform: platformManifest(platform).name }),
  );

const APPLY: Readonly<Record<WebhookTopic, (ctx: Ctx, task: Task, platform: string) => Promise<void>>> = {
  async access(ctx, { connectionId }) {
    const fault = await checkAccess(ctx, connectionId);
    // A connection that the platform refuses is marked, and its members are told.
    if (fault && fault.kind !== 'reauth') throw fault;
  },
  async posts(ctx, { workspaceId, connectionId, posts }, platform) {
    if (!(await readSoon(ctx, connectionId, [...posts]))) throw tryAgain(platform);
    await ctx.events.publish('results/read.requested', { workspaceId, connectionId, platform });
  },
  async sales(ctx, { workspaceId, connectionId }) {
    await ctx.events.publish('selling/sync.requested', { workspaceId, connectionId });
  },
};

async function alertAbout(deps: Services, platform: string, task: Task): Promise<void> {
  const ctx = ctxOf(deps, platform, task);
  const of = { platform: platformManifest(platform).name, account: task.account };
  await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    raiseAlert(tx, ctx, {
      key: webhooksAlertKey(task.connectionId),
      severity: 'warning',
      title: fact('connections.alerts.webhooks.title', of),
      body: fact('connections.alerts.webhooks.body', of),
      href: '/connections',
    }),
  );
}
