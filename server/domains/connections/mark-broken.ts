import { and, eq } from 'drizzle-orm';
import { connections } from '@/db/schema';
import { usedCredentials } from '@/server/connectors/host/call';
import type { ConnectorFault } from '@/server/connectors/kit/types';
import { platformManifest } from '@/server/connectors/registry';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { reconnectAlertKey, renewalAlertKey } from './alert-keys';

/**
 * Marks a connection that its platform refuses, and alerts members once. Changes nothing if the connection was renewed or disconnected
 * since the failed call.
 */
export async function markBroken(ctx: Ctx, connectionId: string, fault: ConnectorFault): Promise<void> {
  const sealed = usedCredentials.get(fault);
  if (!sealed) return;
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspaceShared(tx, ctx.workspaceId);
    const [broken] = await tx
      .update(connections)
      .set({
        status: 'needs_reconnect',
        problem: fault.fact,
        refreshLeaseToken: null,
        refreshLeaseUntil: null,
      })
      .where(
        and(
          eq(connections.id, connectionId),
          eq(connections.status, 'active'),
          eq(connections.credentials, sealed),
        ),
      )
      .returning();
    if (!broken) return;
    const of = { platform: platformManifest(broken.platform).name, account: broken.remoteName };
    // The earlier alert no longer applies: the connection will not recover automatically.
    await resolveAlert(tx, ctx, renewalAlertKey(connectionId));
    await raiseAlert(tx, ctx, {
      key: reconnectAlertKey(connectionId),
      severity: 'serious',
      title: fact('connections.alerts.reconnect.title', of),
      body: fact('connections.alerts.reconnect.body', { problem: fault.fact }),
      href: '/connections',
    });
    await recordActivity(tx, ctx, {
      verb: 'connection.broken',
      subjectType: 'connection',
      subjectId: connectionId,
      summary: fact('connections.activity.broken', of),
      before: { status: 'active' },
      after: { status: broken.status, problem: fault.fact },
    });
  });
}
