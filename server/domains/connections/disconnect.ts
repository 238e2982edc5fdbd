import { eq } from 'drizzle-orm';
import { connections } from '@/db/schema';
import { openTokens, type Secrets } from '@/server/connectors/host/tokens';
import { platformManifest } from '@/server/connectors/registry';
import { notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { resolveConnectionAlerts } from './alert-keys';
import { appsPageOf } from './apps-page';
import { type Ended, endAccess } from './end-access';
import type { Disconnected } from './schemas';
import { connectionIdInput, disconnectedSchema } from './schemas';

/** Deletes a connection's credentials and then asks the platform to revoke them. Published posts stay. */
export const disconnect = defineVerb({
  verb: 'connections.disconnect',
  access: 'connections.manage',
  effect: 'change',
  input: connectionIdInput,
  output: disconnectedSchema,
  run: async (ctx, input): Promise<Disconnected> => {
    const { id } = input;
    const before = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      // Locks the workspace first, like scheduling, to avoid a deadlock.
      await lockWorkspaceShared(tx, ctx.workspaceId);
      const [row] = await tx.select().from(connections).where(eq(connections.id, id)).for('no key update');
      if (!row) throw notFound('connection');
      if (row.status === 'disconnected') return row;
      await tx
        .update(connections)
        .set({
          status: 'disconnected',
          credentials: null,
          accessExpiresAt: null,
          refreshExpiresAt: null,
          refreshLeaseToken: null,
          refreshLeaseUntil: null,
          renewTries: 0,
          renewAfter: null,
          problem: null,
        })
        .where(eq(connections.id, id));
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
      return row;
    });
    const platform = platformManifest(before.platform).name;
    const apps = appsPageOf(before.platform, {
      environment: before.environment,
      server: before.server || null,
    });
    // A second click changes nothing and has nothing to revoke.
    if (before.status === 'disconnected')
      return { id, access: 'ended', message: fact('connections.notes.disconnectedAlready'), appsPage: null };
    // The credentials are already deleted here, whatever the platform responds.
    const access = await endAccess(ctx, { ...before, secrets: secretsOf(id, before.credentials) });
    return {
      id,
      access,
      message: toldOf(access, platform, apps?.where ?? fact('connections.notes.settings', { platform })),
      appsPage: access === 'ended' || access === 'shared' ? null : (apps?.url ?? null),
    };
  },
});

/** Returns null if the credentials can no longer be decrypted. */
function secretsOf(id: string, sealed: string | null): Secrets | null {
  try {
    return sealed === null ? null : openTokens(id, sealed);
  } catch {
    return null;
  }
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
