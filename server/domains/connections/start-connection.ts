import { z } from 'zod';
import { allScopes } from '@/server/connectors/kit/manifest';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { defineVerb } from '@/server/verbs/define';
import { countAttemptOrThrow } from '../accounts/throttle';
import { beginAuthorization } from './begin-authorization';
import { notAvailable, prepareSignIn } from './prepare-sign-in';
import { startConnectionInput } from './schemas';
import { refusedServer } from './server-address';
import { attemptsOf } from './sign-in';
import { isUnreachableServer } from './sign-in-outcome';

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
    const { auth, name } = connector.manifest;
    if (auth.kind !== 'oauth2') throw notAvailable(platform);
    // Each asks a host that the user names.
    if (place.server !== null) await countAttemptOrThrow(ctx, [attemptsOf(ctx)]);
    const url = await beginAuthorization(ctx, {
      connector,
      place,
      userId,
      returnTo,
      scopes: allScopes(auth),
      connectionId: existing?.id ?? null,
    }).catch((error: unknown) => {
      throw registrationError(error, name);
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
