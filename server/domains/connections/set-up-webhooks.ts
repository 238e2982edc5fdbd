import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections, connectionWebhooks, grants, workspaces } from '@/db/schema';
import { canReceive } from '@/server/connectors/host/clients';
import { setUpWebhooks as setUp, webhooksOf } from '@/server/connectors/host/webhooks';
import type { Manifest } from '@/server/connectors/kit/manifest';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf, manifests } from '@/server/connectors/registry';
import { type Clock, latestStored } from '@/server/foundation/clock';
import { DAY_MS } from '@/server/foundation/durations';
import { type Fact, fact } from '@/server/foundation/facts';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { loadTarget } from './load-target';
import { markBroken } from './mark-broken';
import { addressFor } from './webhook-receivers';

const FIRST_WAIT_MS = 5 * 60_000;
const BATCH = 100;

/** Platforms that report what happens, by themselves. */
const reporting = (): string[] =>
  Object.values(manifests).flatMap((manifest: Manifest) =>
    manifest.kind === 'api' && manifest.webhooks ? [manifest.id] : [],
  );

/** Finds connections whose webhooks are to be set up: new ones, those that failed, and once a day all others. */
export async function connectionsToSetUp({
  db,
  clock,
}: {
  db: Db;
  clock: Clock;
}): Promise<{ workspaceId: WorkspaceId; connectionId: string; platform: string }[]> {
  const environments = (['live', 'sandbox'] as const).filter((one) => canReceive(one));
  const platforms = reporting();
  if (environments.length === 0 || platforms.length === 0) return [];
  const now = clock.now();
  const rows = await db.asSystem((tx) =>
    tx
      .select({
        workspaceId: connections.workspaceId,
        connectionId: connections.id,
        platform: connections.platform,
      })
      .from(connections)
      .leftJoin(connectionWebhooks, eq(connectionWebhooks.connectionId, connections.id))
      .innerJoin(workspaces, eq(workspaces.id, connections.workspaceId))
      .where(
        and(
          eq(connections.status, 'active'),
          // An emergency stop lets nothing change at a platform.
          sql`${workspaces.heldFor} is distinct from 'emergency'`,
          inArray(connections.platform, platforms),
          inArray(connections.environment, environments),
          or(
            isNull(connectionWebhooks.nextAt),
            lte(connectionWebhooks.nextAt, now),
            gt(connectionWebhooks.nextAt, latestStored(now, DAY_MS)),
          ),
        ),
      )
      .orderBy(sql`${connectionWebhooks.nextAt} nulls first`, asc(connections.id))
      .limit(BATCH),
  );
  return rows.map((row) => ({ ...row, workspaceId: asWorkspaceId(row.workspaceId) }));
}

/** Whether a connection's platform reports by itself, or why it does not (a later sweep tries again). */
export type SetUp = { state: 'on' } | { state: 'off'; problem: Fact };

/**
 * Lets a connection's platform report what happens to it. Repeating it changes nothing. Returns null if the platform does not report, or
 * cannot reach this installation, or an emergency stop holds the workspace.
 */
export async function setUpWebhooks({
  ctx,
  connectionId,
}: {
  ctx: Ctx;
  connectionId: string;
}): Promise<SetUp | null> {
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({ connection: connections, grantedBy: grants.grantedBy, scopes: grants.scopes })
      .from(connections)
      .leftJoin(grants, eq(grants.id, connections.grantId))
      .where(eq(connections.id, connectionId)),
  );
  const connector = row && (await connectorOf(row.connection.platform));
  const webhooks = connector && webhooksOf(connector);
  if (!webhooks || row.connection.status !== 'active' || !canReceive(row.connection.environment)) return null;
  const { platform, environment, server } = row.connection;
  const old: SetUp = { state: 'off', problem: fact('connections.updates.reconnect') };
  const allowed = (webhooks.terms.scopes ?? []).every((scope) => row.scopes?.includes(scope));
  if (!allowed) return keep(ctx, connectionId, old);
  const of = { connectionId, platform, environment, server, grantedBy: row.grantedBy };
  const at = await addressFor(ctx, webhooks, of);
  if (!at) return keep(ctx, connectionId, old);
  try {
    const { target } = await loadTarget(ctx, connectionId, { changes: true });
    await setUp(target, webhooks, at);
    return await keep(ctx, connectionId, { state: 'on' });
  } catch (error) {
    if (!isConnectorFault(error)) {
      log().error({ err: error, platform, connection: connectionId }, 'webhooks could not be set up');
      const { name } = connector.manifest;
      return keep(ctx, connectionId, {
        state: 'off',
        problem: fact('connectors.errors.trouble', { platform: name }),
      });
    }
    if (error.options.held) return null;
    if (error.kind === 'reauth' && !error.options.forbidden) await markBroken(ctx, connectionId, error);
    log().warn(
      { platform, connection: connectionId, status: error.options.status, code: error.options.vendorCode },
      'webhooks could not be set up',
    );
    return keep(ctx, connectionId, { state: 'off', problem: error.fact });
  }
}

/** Stores the outcome and when it is tried again: after 5, 10, 20 … minutes, and at least once a day. */
function keep(ctx: Ctx, connectionId: string, outcome: SetUp): Promise<SetUp> {
  const now = ctx.clock.now().getTime();
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    // A connection that was disconnected meanwhile keeps nothing.
    const [row] = await tx
      .select({ status: connections.status })
      .from(connections)
      .where(eq(connections.id, connectionId))
      .for('share');
    if (!row || row.status === 'disconnected') return outcome;
    const [before] = await tx
      .select({ tries: connectionWebhooks.tries })
      .from(connectionWebhooks)
      .where(eq(connectionWebhooks.connectionId, connectionId));
    const tries = outcome.state === 'on' ? 0 : (before?.tries ?? 0) + 1;
    const wait = tries === 0 ? DAY_MS : Math.min(DAY_MS, FIRST_WAIT_MS * 2 ** Math.min(10, tries - 1));
    const values = {
      state: outcome.state,
      problem: outcome.state === 'off' ? outcome.problem : null,
      tries,
      nextAt: new Date(now + wait),
    };
    await tx
      .insert(connectionWebhooks)
      .values({ connectionId, workspaceId: ctx.workspaceId, ...values })
      .onConflictDoUpdate({ target: connectionWebhooks.connectionId, set: values });
    return outcome;
  });
}
