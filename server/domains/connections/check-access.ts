import { and, eq } from 'drizzle-orm';
import { connections } from '@/db/schema';
import { checkAccount } from '@/server/connectors/host/call';
import { type ConnectorFault, isConnectorFault } from '@/server/connectors/kit/types';
import { platformManifest } from '@/server/connectors/registry';
import { fact } from '@/server/foundation/facts';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { resolveConnectionAlerts } from './alert-keys';
import { loadTarget } from './load-target';
import { markBroken } from './mark-broken';

/**
 * Asks the platform whether a connection works. Marks one that it refuses, and lets one that it refused earlier work again if it now accepts
 * the same credentials, such as those of a bot that is back in its channel. Returns the platform's fault, or null if the connection works.
 * Must not be called inside a transaction.
 */
export async function checkAccess(ctx: Ctx, id: string): Promise<ConnectorFault | null> {
  try {
    if (await isManual(ctx, id)) return null;
    const { target } = await loadTarget(ctx, id, { broken: true });
    const { name } = await checkAccount(target);
    // The platform may have refused it again while the first answer was on its way.
    if (await noteWorks(ctx, id, name)) await checkAccount((await loadTarget(ctx, id)).target);
    return null;
  } catch (error) {
    if (!isConnectorFault(error)) throw error;
    if (error.kind === 'reauth') await markBroken(ctx, id, error);
    return error;
  }
}

/** Whether it is connected to a manual platform, where there is nobody to ask: it works until it is disconnected. */
async function isManual(ctx: Ctx, id: string): Promise<boolean> {
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({ platform: connections.platform, status: connections.status })
      .from(connections)
      .where(eq(connections.id, id)),
  );
  return row?.status === 'active' && platformManifest(row.platform).kind === 'manual';
}

/** Records that a connection works. Returns whether it had been refused before. */
function noteWorks(ctx: Ctx, id: string, name: string): Promise<boolean> {
  const works = {
    lastUsedAt: ctx.clock.now(),
    ...(name ? { remoteName: withoutBrokenEnd(truncateText(name, 200)) } : {}),
  };
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspaceShared(tx, ctx.workspaceId);
    const [again] = await tx
      .update(connections)
      .set({ ...works, status: 'active', problem: null })
      .where(and(eq(connections.id, id), eq(connections.status, 'needs_reconnect')))
      .returning();
    if (!again) {
      await tx.update(connections).set(works).where(eq(connections.id, id));
      return false;
    }
    await resolveConnectionAlerts(tx, ctx, id);
    await recordActivity(tx, ctx, {
      verb: 'connection.renewed',
      subjectType: 'connection',
      subjectId: id,
      summary: fact('connections.activity.worksAgain', {
        platform: platformManifest(again.platform).name,
        account: again.remoteName,
      }),
      before: { status: 'needs_reconnect' },
      after: { status: again.status },
    });
    return true;
  });
}
