import { grantingUser, identify } from '@/server/connectors/host/call';
import { clientFor } from '@/server/connectors/host/clients';
import { exchangeCode } from '@/server/connectors/host/oauth';
import { networkTransport } from '@/server/connectors/host/transport';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf } from '@/server/connectors/registry';
import { unseal } from '@/server/foundation/crypto';
import { isAppError } from '@/server/foundation/errors';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { can } from '@/server/verbs/context';
import { endAccess } from './end-access';
import { transportInUse } from './load-target';
import type { OutcomeCode } from './outcomes';
import { verifierContext } from './start-connection';
import { storeSignIn } from './store-sign-in';
import { type TakenState, takeState } from './take-state';

export interface Completed {
  code: OutcomeCode;
  /** Where the user was; null if the state did not say. */
  returnTo: string | null;
  connectionIds: string[];
}
export interface CallbackInput {
  platform: string;
  state: string | null;
  code: string | null;
  /** The platform's own code for a refusal. */
  error: string | null;
}

/** Completes a sign-in that `startConnection` began. Does not throw: every failure has its own outcome. */
export async function completeConnection({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: CallbackInput;
}): Promise<Completed> {
  const end = (code: OutcomeCode, returnTo: string | null = null): Completed => ({
    code,
    returnTo,
    connectionIds: [],
  });
  if (!input.state || input.state.length > 500) return end('unknown_state');
  const taken = await takeState(ctx, input.platform, input.state);
  if (!taken.ok) return end(taken.code, taken.returnTo);
  const { row } = taken;
  if (input.error) return end(input.error === 'access_denied' ? 'refused' : 'platform_refused', row.returnTo);
  if (!input.code || input.code.length > 4_000) return end('no_code', row.returnTo);
  // The role may have changed while the user was away.
  if (!can(ctx, 'connections.manage')) return end('role', row.returnTo);
  try {
    return await finish(ctx, row, input.code, input.state);
  } catch (error) {
    if (isConnectorFault(error)) {
      log()[error.options.installation ? 'error' : 'warn'](
        {
          platform: row.platform,
          fault: error.kind,
          status: error.options.status,
          code: error.options.vendorCode,
        },
        error.options.installation
          ? 'sign-in failed: the platform refuses this installation; check its client id and secret'
          : 'sign-in failed',
      );
      if (error.options.installation) return end('installation_refused', row.returnTo);
      if (error.kind === 'rejected')
        return end(
          error.options.vendorCode === 'no_permission' ? 'no_permission' : 'no_account',
          row.returnTo,
        );
      return end(error.kind === 'reauth' ? 'platform_refused' : 'platform_failed', row.returnTo);
    }
    if (isAppError(error) && error.code === 'limit_reached')
      return end(error.details?.platform ? 'plan' : 'limit', row.returnTo);
    log().error({ err: error, platform: row.platform }, 'sign-in failed');
    return end('failed', row.returnTo);
  }
}

async function finish(ctx: Ctx, row: TakenState, code: string, state: string): Promise<Completed> {
  const connector = connectorOf(row.platform);
  const client = clientFor(row.platform, row.environment);
  if (!connector || !client) return { code: 'unavailable', returnTo: row.returnTo, connectionIds: [] };
  const transport = transportInUse() ?? networkTransport;
  const peer = {
    manifest: connector.manifest,
    environment: row.environment,
    client,
    transport,
    now: () => ctx.clock.now(),
  };
  const tokens = await exchangeCode(peer, {
    code,
    state,
    redirectUri: row.redirectUri,
    codeVerifier: row.codeVerifier === null ? null : unseal(row.codeVerifier, verifierContext(row.stateHash)),
  });
  const target = { connector, environment: row.environment, client, clock: ctx.clock, transport };
  let grantedBy: string | null = null;
  // Revokes the tokens if the sign-in failed.
  const end = () => endAccess(ctx, { ...row, grantedBy, secrets: tokens });
  try {
    grantedBy = await grantingUser(target, tokens.accessToken);
    const identities = await identify(target, tokens.accessToken);
    const stored = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      storeSignIn(tx, ctx, row, identities, { tokens, grantedBy }),
    );
    if (stored.code === 'other_account') await end();
    return { ...stored, returnTo: row.returnTo };
  } catch (error) {
    await end();
    throw error;
  }
}
