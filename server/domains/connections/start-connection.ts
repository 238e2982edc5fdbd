import { lt } from 'drizzle-orm';
import { z } from 'zod';
import { oauthStates } from '@/db/schema';
import { peerOf } from '@/server/connectors/host/call';
import { redirectUri } from '@/server/connectors/host/clients';
import { startAuthorization } from '@/server/connectors/host/oauth';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { seal, sha256 } from '@/server/foundation/crypto';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { defineVerb } from '@/server/verbs/define';
import { transportInUse } from './load-target';
import { clientForSignIn } from './platform-client';
import { notAvailable, prepareSignIn } from './prepare-sign-in';
import { startConnectionInput } from './schemas';
import { refusedServer } from './server-address';
import { isUnreachableServer } from './sign-in-outcome';

const STATE_LIFETIME_MS = 15 * 60_000;
export const verifierContext = (stateHash: string): string => `oauth:${stateHash}`;

/** Begins a sign-in at a platform and returns the URL to send the browser to. */
export const startConnection = defineVerb({
  verb: 'connections.start',
  access: 'connections.manage',
  effect: 'change',
  input: startConnectionInput,
  output: z.object({ url: z.url() }),
  run: async (ctx, input) => {
    const { platform, returnTo } = input;
    const { userId, connector, place, existing } = await prepareSignIn(ctx, input);
    const { manifest } = connector;
    if (manifest.auth.kind !== 'oauth2') throw notAvailable(platform);
    const transport = transportInUse();
    const known = await clientForSignIn(ctx, connector, place, transport).catch((error: unknown) => {
      throw registrationError(error, manifest.name);
    });
    if (!known) throw notAvailable(platform);

    const redirect = redirectUri(manifest);
    const { url, state, codeVerifier } = await startAuthorization(
      peerOf({ connector, ...place, ...known, clock: ctx.clock, transport }),
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
        environment: place.environment,
        server: place.server ?? '',
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

/** Why a server does not register this installation, shown at the field where the user typed its address. */
function registrationError(error: unknown, platform: string): unknown {
  if (!isConnectorFault(error)) return error;
  const { status, vendorCode } = error.options;
  log().warn(
    { platform, fault: error.kind, status, code: vendorCode },
    'a server did not register this installation',
  );
  return refusedServer(
    isUnreachableServer(error)
      ? fact('connections.errors.serverNotPublic')
      : fact('connections.errors.serverRefused', { platform }),
  );
}
