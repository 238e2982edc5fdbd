import { and, eq, isNull, type SQL } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, grants } from '@/db/schema';
import { usedCredentials } from '@/server/connectors/host/call';
import type { ConnectorFault } from '@/server/connectors/kit/types';
import { platformManifest } from '@/server/connectors/registry';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { reconnectAlertKey, renewalAlertKey, resolveEndingAlerts } from './alert-keys';

type Connection = typeof connections.$inferSelect;

/**
 * Marks what its platform refuses, and alerts members once for each connection. If the token is refused, every connection that uses it is
 * marked; if only one account is refused with it (`forbidden`), that one. Changes nothing if the connection was renewed or disconnected
 * since the failed call.
 */
export async function markBroken(ctx: Ctx, connectionId: string, fault: ConnectorFault): Promise<void> {
  const sealed = usedCredentials.get(fault);
  if (!sealed) return;
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspaceShared(tx, ctx.workspaceId);
    const [used] = await tx
      .select({ own: connections.credentials, grantId: grants.id, shared: grants.credentials })
      .from(connections)
      .leftJoin(grants, eq(grants.id, connections.grantId))
      .where(eq(connections.id, connectionId));
    if (!used || (used.own ?? used.shared) !== sealed) return;
    if (used.own === null && used.grantId !== null && !fault.options.forbidden)
      await endGrant(tx, ctx, used.grantId, sealed, fault);
    else await markConnections(tx, ctx, eq(connections.id, connectionId), fault);
  });
}

/** Marks a grant that its platform has ended, with all connections that use its credentials, like `markBroken`. */
export async function markGrantEnded(ctx: Ctx, grantId: string, fault: ConnectorFault): Promise<void> {
  const sealed = usedCredentials.get(fault);
  // A refusal of one account or permission does not end the sign-in.
  if (!sealed || fault.options.forbidden) return;
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspaceShared(tx, ctx.workspaceId);
    await endGrant(tx, ctx, grantId, sealed, fault);
  });
}

async function endGrant(
  tx: Tx,
  ctx: Ctx,
  grantId: string,
  sealed: string,
  fault: ConnectorFault,
): Promise<void> {
  const ended = await tx
    .update(grants)
    .set({ endedAt: ctx.clock.now(), refreshLeaseToken: null, refreshLeaseUntil: null })
    .where(and(eq(grants.id, grantId), eq(grants.credentials, sealed), isNull(grants.endedAt)))
    .returning({ id: grants.id });
  if (ended.length === 0) return;
  await resolveEndingAlerts(tx, ctx, [{ id: grantId, workspaceId: ctx.workspaceId }]);
  await markConnections(
    tx,
    ctx,
    and(eq(connections.grantId, grantId), isNull(connections.credentials)),
    fault,
  );
}

async function markConnections(
  tx: Tx,
  ctx: Ctx,
  which: SQL | undefined,
  fault: ConnectorFault,
): Promise<void> {
  const marked = await tx
    .update(connections)
    .set({ status: 'needs_reconnect', problem: fault.fact })
    .where(and(which, eq(connections.status, 'active')))
    .returning();
  for (const connection of marked) await tell(tx, ctx, connection, fault);
}

async function tell(tx: Tx, ctx: Ctx, connection: Connection, fault: ConnectorFault): Promise<void> {
  const { id, status } = connection;
  const of = { platform: platformManifest(connection.platform).name, account: connection.remoteName };
  // The earlier alert no longer applies: the connection will not recover automatically.
  await resolveAlert(tx, ctx, renewalAlertKey(id));
  await raiseAlert(tx, ctx, {
    key: reconnectAlertKey(id),
    severity: 'serious',
    title: fact('connections.alerts.reconnect.title', of),
    body: fact('connections.alerts.reconnect.body', { problem: fault.fact }),
    href: '/connections',
  });
  await recordActivity(tx, ctx, {
    verb: 'connection.broken',
    subjectType: 'connection',
    subjectId: id,
    summary: fact('connections.activity.broken', of),
    before: { status: 'active' },
    after: { status, problem: fault.fact },
  });
}
