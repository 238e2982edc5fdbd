import { isRedirectTo } from '@/server/connectors/host/clients';
import { exchange } from '@/server/connectors/host/sign-in';
import type { Connector } from '@/server/connectors/kit/connector';
import { allScopes, leastScopes } from '@/server/connectors/kit/manifest';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf } from '@/server/connectors/registry';
import { unseal } from '@/server/foundation/crypto';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { can } from '@/server/verbs/context';
import { adoptSignIn } from './adopt-sign-in';
import { beginAuthorization, verifierContext } from './begin-authorization';
import { transportInUse } from './load-target';
import type { OutcomeCode } from './outcomes';
import { clientAt, forgetClient } from './platform-client';
import { failedOutcome } from './sign-in-outcome';
import { type TakenState, takeState } from './take-state';

export interface Completed {
  code: OutcomeCode;
  /** Where the user was; null if the state did not say. */
  returnTo: string | null;
  connectionIds: string[];
  /** The platform's page to which the user is to be sent once more, with a smaller request. */
  again?: string;
}
export interface CallbackInput {
  platform: string;
  state: string | null;
  code: string | null;
  /** The platform's own code for a refusal. */
  error: string | null;
  /** The part of the address that names the server from which the user came back; empty if the platform is one site. */
  server?: string;
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
  // A server that was named by somebody else must not get the code of this one.
  if (!isRedirectTo(row.redirectUri, input.server ?? '')) return end('unknown_state', row.returnTo);
  const refusal = input.error && (await refusedBy(ctx, row, input.error));
  if (refusal) return { ...end(refusal.code, row.returnTo), ...refusal };
  if (!input.code || input.code.length > 4_000) return end('no_code', row.returnTo);
  // The role may have changed while the user was away.
  if (!can(ctx, 'connections.manage')) return end('role', row.returnTo);
  try {
    return await finish(ctx, row, input.code, input.state);
  } catch (error) {
    return end(failedOutcome(error, row.platform), row.returnTo);
  }
}

/**
 * Reads the platform's refusal. If it refuses a scope to this installation, the sign-in begins again without the optional access, which
 * happens once because the second request has none.
 */
async function refusedBy(
  ctx: Ctx,
  row: TakenState,
  error: string,
): Promise<Pick<Completed, 'code' | 'again'>> {
  const connector = await connectorOf(row.platform);
  const auth = connector?.manifest.auth;
  if (!connector || auth?.kind !== 'oauth2') return { code: 'platform_refused' };
  if (error === 'access_denied' || auth.userRefused?.includes(error)) return { code: 'refused' };
  if (!auth.scopeRefused?.includes(error)) return { code: 'platform_refused' };
  log().warn({ platform: row.platform }, 'a platform refuses scopes to this installation');
  const scopes = leastScopes(auth);
  if (requestedBy(row, connector).every((scope) => scopes.includes(scope))) return { code: 'scope_refused' };
  if (!can(ctx, 'connections.manage')) return { code: 'role' };
  const place = { environment: row.environment, server: row.server || null };
  const { userId, returnTo, connectionId } = row;
  try {
    const again = await beginAuthorization(ctx, { connector, place, userId, scopes, returnTo, connectionId });
    return { code: 'scope_refused', again };
  } catch (failure) {
    return { code: failedOutcome(failure, row.platform) };
  }
}

/** The scopes that a sign-in requested. One that began before they were stored requested all. */
const requestedBy = (row: TakenState, { manifest }: Connector): string[] =>
  row.scopes.length > 0 ? row.scopes : allScopes(manifest.auth);

async function finish(ctx: Ctx, row: TakenState, code: string, state: string): Promise<Completed> {
  const { environment } = row;
  const connector = await connectorOf(row.platform);
  const place = { environment, server: row.server || null };
  const known = connector && (await clientAt(ctx, connector.manifest, place));
  if (!connector || !known) return { code: 'unavailable', returnTo: row.returnTo, connectionIds: [] };
  const target = { connector, ...place, ...known, clock: ctx.clock, transport: transportInUse() };
  const requested = requestedBy(row, connector);
  const tokens = await exchange(target, {
    code,
    state,
    redirectUri: row.redirectUri,
    scopes: requested,
    codeVerifier: row.codeVerifier === null ? null : unseal(row.codeVerifier, verifierContext(row.stateHash)),
  }).catch(async (error: unknown) => {
    // The server no longer knows its own registration of us.
    if (place.server !== null && known.client && isConnectorFault(error) && error.options.installation)
      await forgetClient(ctx, row.platform, place, known.client.clientId);
    throw error;
  });
  return { ...(await adoptSignIn(ctx, { ...row, requested }, target, tokens)), returnTo: row.returnTo };
}
