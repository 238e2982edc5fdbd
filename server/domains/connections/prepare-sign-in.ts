import { and, eq } from 'drizzle-orm';
import { connections } from '@/db/schema';
import { environmentsFor } from '@/server/connectors/host/clients';
import type { Connector } from '@/server/connectors/kit/connector';
import type { Environment } from '@/server/connectors/kit/types';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { assertWithinLimit } from '../plans/plans';
import { readWorkspace } from '../workspaces/read-workspace';
import { assertPlatformInPlan, countConnections } from './connection-limits';
import type { Place } from './platform-client';
import { serverOf } from './server-address';

/** What somebody wants to sign in to: a connection to renew, or a platform and, where it needs one, a server. */
export interface WantedSignIn {
  platform: string;
  environment?: Environment | undefined;
  server?: string | undefined;
  connectionId?: string | undefined;
}

export const notAvailable = (platform: string): AppError =>
  new AppError(
    'unavailable',
    fact('connections.errors.notAvailable', { platform: platformManifest(platform).name }),
  );

/**
 * Checks who connects what, and returns the connection to renew, if it is one. Throws AppError if nobody is signed in or the plan allows no
 * more.
 */
export async function mayConnect(
  ctx: Ctx,
  { platform, connectionId }: Pick<WantedSignIn, 'platform' | 'connectionId'>,
): Promise<{ userId: string; existing: typeof connections.$inferSelect | undefined }> {
  if (ctx.actor.kind !== 'member') throw new AppError('forbidden', fact('connections.errors.onlyPeople'));
  const { userId } = ctx.actor;
  const existing = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await readWorkspace(tx, ctx);
    assertPlatformInPlan(workspace.plan, platform);
    const [row] = connectionId
      ? await tx
          .select()
          .from(connections)
          .where(and(eq(connections.id, connectionId), eq(connections.platform, platform)))
      : [];
    if (connectionId && !row) throw notFound('connection');
    // Renewing takes no additional slot; everything else does, and it is checked again at the end.
    if (!row || row.status === 'disconnected')
      assertWithinLimit(workspace.plan, 'connections', await countConnections(tx));
    return row;
  });
  return { userId, existing };
}

/**
 * Checks who signs in to what. Throws AppError if nobody is signed in, the plan allows no more, the platform is not set up or the server is
 * no address. A connection keeps its environment and server.
 */
export async function prepareSignIn(
  ctx: Ctx,
  { platform, connectionId, ...wanted }: WantedSignIn,
): Promise<{
  userId: string;
  connector: Connector;
  place: Place;
  existing: typeof connections.$inferSelect | undefined;
}> {
  const { userId, existing } = await mayConnect(ctx, { platform, connectionId });
  const connector = await connectorOf(platform);
  if (!connector) throw notAvailable(platform);
  const { manifest } = connector;
  const environments = environmentsFor(manifest);
  const environment = existing?.environment ?? wanted.environment ?? environments[0];
  if (!environment || !environments.includes(environment)) throw notAvailable(platform);
  const server = existing ? existing.server || null : serverOf(manifest, wanted.server);
  return { userId, connector, place: { environment, server }, existing };
}
