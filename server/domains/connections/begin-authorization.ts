import { lt } from 'drizzle-orm';
import { oauthStates } from '@/db/schema';
import { peerOf } from '@/server/connectors/host/call';
import { redirectUri } from '@/server/connectors/host/clients';
import { startAuthorization } from '@/server/connectors/host/oauth';
import type { Connector } from '@/server/connectors/kit/connector';
import { seal, sha256 } from '@/server/foundation/crypto';
import type { Ctx } from '@/server/verbs/context';
import { transportInUse } from './load-target';
import { clientForSignIn, type Place } from './platform-client';
import { notAvailable } from './prepare-sign-in';

const STATE_LIFETIME_MS = 15 * 60_000;
export const verifierContext = (stateHash: string): string => `oauth:${stateHash}`;

interface Authorization {
  connector: Connector;
  place: Place;
  userId: string;
  /** The scopes to request. */
  scopes: readonly string[];
  /** The page of this app that the user returns to. */
  returnTo: string;
  /** The connection to renew; null to add new ones. */
  connectionId: string | null;
}

/**
 * Stores a sign-in that is about to begin and returns the URL to send the browser to. Throws `unavailable` if the platform is not set up,
 * and ConnectorFault if a server does not register this installation.
 */
export async function beginAuthorization(ctx: Ctx, wanted: Authorization): Promise<string> {
  const { connector, place, scopes } = wanted;
  const { manifest } = connector;
  const transport = transportInUse();
  const known = await clientForSignIn(ctx, connector, place, transport);
  if (!known) throw notAvailable(manifest.id);
  const redirect = redirectUri(manifest, place.server);
  const { url, state, codeVerifier } = await startAuthorization(
    peerOf({ connector, ...place, ...known, clock: ctx.clock, transport }),
    redirect,
    scopes,
  );
  const stateHash = sha256(state);
  const now = ctx.clock.now();
  await ctx.db.asSystem(async (tx) => {
    // Abandoned sign-ins are removed when the next one starts.
    await tx.delete(oauthStates).where(lt(oauthStates.expiresAt, new Date(now.getTime() - 24 * 3_600_000)));
    await tx.insert(oauthStates).values({
      stateHash,
      forWorkspace: ctx.workspaceId,
      userId: wanted.userId,
      platform: manifest.id,
      environment: place.environment,
      server: place.server ?? '',
      codeVerifier: codeVerifier === null ? null : seal(codeVerifier, verifierContext(stateHash)),
      redirectUri: redirect,
      returnTo: wanted.returnTo,
      scopes: [...scopes],
      connectionId: wanted.connectionId,
      expiresAt: new Date(now.getTime() + STATE_LIFETIME_MS),
    });
  });
  return url;
}
