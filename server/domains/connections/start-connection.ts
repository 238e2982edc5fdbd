import { and, eq, lt, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { connections, oauthStates } from '@/db/schema';
import { clientFor, environmentsFor, redirectUri } from '@/server/connectors/host/clients';
import { startAuthorization } from '@/server/connectors/host/oauth';
import { networkTransport } from '@/server/connectors/host/transport';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { seal, sha256 } from '@/server/foundation/crypto';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { assertWithinLimit, PLAN_TERMS, type Plan } from '../plans/plans';
import { readWorkspace } from '../workspaces/read-workspace';
import { startConnectionInput } from './schemas';

const STATE_LIFETIME_MS = 15 * 60_000;
export const verifierContext = (stateHash: string): string => `oauth:${stateHash}`;

/** Counts the connections that use up the plan's limit. */
export async function countConnections(tx: Tx): Promise<number> {
  return tx.$count(connections, ne(connections.status, 'disconnected'));
}

/** Throws if the plan does not include the platform. */
export function assertPlatformInPlan(plan: Plan, platform: string): void {
  if (PLAN_TERMS[plan].platforms.includes(platform)) return;
  throw new AppError(
    'limit_reached',
    fact('connections.errors.notInPlan', {
      plan: PLAN_TERMS[plan].name,
      platform: platformManifest(platform).name,
    }),
    { details: { platform } },
  );
}

/** Begins a sign-in at a platform and returns the URL to send the browser to. */
export const startConnection = defineVerb({
  verb: 'connections.start',
  access: 'connections.manage',
  effect: 'change',
  input: startConnectionInput,
  output: z.object({ url: z.url() }),
  run: async (ctx, input) => {
    const { platform, returnTo, connectionId, ...wanted } = input;
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
      // Renewing takes no additional slot; everything else does, and the callback checks again.
      if (!row || row.status === 'disconnected')
        assertWithinLimit(workspace.plan, 'connections', await countConnections(tx));
      return row;
    });

    const environment = existing?.environment ?? wanted.environment ?? environmentsFor(platform)[0];
    const connector = connectorOf(platform);
    const client = environment ? clientFor(platform, environment) : null;
    if (!connector || !environment || !client)
      throw new AppError(
        'unavailable',
        fact('connections.errors.notAvailable', { platform: platformManifest(platform).name }),
      );

    const redirect = redirectUri(connector.manifest);
    const { url, state, codeVerifier } = await startAuthorization(
      {
        manifest: connector.manifest,
        environment,
        client,
        transport: networkTransport,
        now: () => ctx.clock.now(),
      },
      redirect,
    );
    const stateHash = sha256(state);
    const now = ctx.clock.now();
    await ctx.db.asSystem(async (tx) => {
      // Abandoned sign-ins are removed when the next one starts.
      await tx.delete(oauthStates).where(lt(oauthStates.expiresAt, new Date(now.getTime() - 24 * 3_600_000)));
      await tx.insert(oauthStates).values({
        stateHash,
        forWorkspace: ctx.workspaceId,
        userId,
        platform,
        environment,
        codeVerifier: codeVerifier === null ? null : seal(codeVerifier, verifierContext(stateHash)),
        redirectUri: redirect,
        returnTo,
        connectionId: existing?.id ?? null,
        expiresAt: new Date(now.getTime() + STATE_LIFETIME_MS),
      });
    });
    return { url };
  },
});
