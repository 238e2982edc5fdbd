import { eq } from 'drizzle-orm';
import { connections, connectionWebhooks, grants } from '@/db/schema';
import { platformManifest } from '@/server/connectors/registry';
import { notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { resolveConnectionAlerts } from './alert-keys';
import { appsPageOf } from './apps-page';
import { ownSecretsOf, secretsOf } from './credentials';
import { type Access, type Ended, endAccess } from './end-access';
import type { Disconnected } from './schemas';
import { connectionIdInput, disconnectedSchema } from './schemas';
import { takeDownWebhooks } from './take-down-webhooks';
import { dropUnusedGrants, type Grant, lockGrants } from './unused-grants';

/**
 * Disconnects an account. With the last one of a sign-in, deletes its credentials and then asks the platform to revoke them. Published
 * posts stay.
 */
export const disconnect = defineVerb({
  verb: 'connections.disconnect',
  access: 'connections.manage',
  effect: 'change',
  input: connectionIdInput,
  output: disconnectedSchema,
  run: async (ctx, input): Promise<Disconnected> => {
    const { id } = input;
    const {
      row: before,
      access: left,
      grantedBy,
      wereSetUp,
    } = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      // Locks the workspace first, like scheduling, to avoid a deadlock.
      await lockWorkspaceShared(tx, ctx.workspaceId);
      const [seen] = await tx
        .select({ grantId: connections.grantId, grantedBy: grants.grantedBy })
        .from(connections)
        .leftJoin(grants, eq(grants.id, connections.grantId))
        .where(eq(connections.id, id));
      const grantedBy = seen?.grantedBy ?? null;
      if (seen?.grantId) await lockGrants(tx, [seen.grantId]);
      const [row] = await tx.select().from(connections).where(eq(connections.id, id)).for('no key update');
      if (!row) throw notFound('connection');
      if (row.status === 'disconnected') return { row, access: null, grantedBy, wereSetUp: false };
      await tx
        .update(connections)
        .set({ status: 'disconnected', grantId: null, credentials: null, problem: null })
        .where(eq(connections.id, id));
      const wereSetUp = await tx
        .delete(connectionWebhooks)
        .where(eq(connectionWebhooks.connectionId, id))
        .returning({ id: connectionWebhooks.connectionId });
      const [unused] = row.grantId ? await dropUnusedGrants(tx, ctx, [row.grantId]) : [];
      await resolveConnectionAlerts(tx, ctx, id);
      await recordActivity(tx, ctx, {
        verb: 'connection.removed',
        subjectType: 'connection',
        subjectId: id,
        summary: fact('connections.activity.disconnected', {
          platform: platformManifest(row.platform).name,
          account: row.remoteName,
        }),
        before: { status: row.status },
        after: { status: 'disconnected' },
      });
      return { row, access: leftOver(row, unused), grantedBy, wereSetUp: wereSetUp.length > 0 };
    });
    const platform = platformManifest(before.platform).name;
    const apps = appsPageOf(before.platform, {
      environment: before.environment,
      server: before.server || null,
    });
    // A second click changes nothing and has nothing to revoke.
    if (before.status === 'disconnected')
      return { id, access: 'ended', message: fact('connections.notes.disconnectedAlready'), appsPage: null };
    const secrets = ownSecretsOf(before) ?? left?.secrets ?? null;
    await takeDownWebhooks(ctx, before, { grantedBy, secrets, wereSetUp });
    // The credentials are already deleted here, whatever the platform responds.
    const access = left ? await endAccess(ctx, left) : 'shared';
    return {
      id,
      access,
      message:
        // The credentials that the others use are still here.
        !left && before.credentials === null
          ? fact('connections.notes.kept', { platform })
          : toldOf(access, platform, apps?.where ?? fact('connections.notes.settings', { platform })),
      appsPage: access === 'ended' || access === 'shared' ? null : (apps?.url ?? null),
    };
  },
});

/** What the platform has to end after a connection is disconnected; null if another one still uses its sign-in. */
function leftOver(row: typeof connections.$inferSelect, unused: Grant | undefined): Access | null {
  if (unused) return { ...unused, secrets: secretsOf(unused) ?? ownSecretsOf(row) };
  return row.grantId === null ? { ...row, grantedBy: null, secrets: ownSecretsOf(row) } : null;
}

function toldOf(access: Ended, platform: string, where: Fact): Fact {
  switch (access) {
    case 'ended':
      return fact('connections.notes.ended', { platform });
    case 'shared':
      return fact('connections.notes.shared', { platform });
    case 'by_hand':
      return fact('connections.notes.byHand', { platform, where });
    case 'failed':
      return fact('connections.notes.notConfirmed', { platform, where });
  }
}
