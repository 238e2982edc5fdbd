import { exchange } from '@/server/connectors/host/sign-in';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf } from '@/server/connectors/registry';
import { unseal } from '@/server/foundation/crypto';
import type { Ctx } from '@/server/verbs/context';
import { can } from '@/server/verbs/context';
import { adoptSignIn } from './adopt-sign-in';
import { transportInUse } from './load-target';
import type { OutcomeCode } from './outcomes';
import { clientAt, forgetClient } from './platform-client';
import { failedOutcome } from './sign-in-outcome';
import { verifierContext } from './start-connection';
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
    return end(failedOutcome(error, row.platform), row.returnTo);
  }
}

async function finish(ctx: Ctx, row: TakenState, code: string, state: string): Promise<Completed> {
  const { environment } = row;
  const connector = connectorOf(row.platform);
  const place = { environment, server: row.server || null };
  const known = connector && (await clientAt(ctx, connector.manifest, place));
  if (!connector || !known) return { code: 'unavailable', returnTo: row.returnTo, connectionIds: [] };
  const target = { connector, ...place, ...known, clock: ctx.clock, transport: transportInUse() };
  const tokens = await exchange(target, {
    code,
    state,
    redirectUri: row.redirectUri,
    codeVerifier: row.codeVerifier === null ? null : unseal(row.codeVerifier, verifierContext(row.stateHash)),
  }).catch(async (error: unknown) => {
    // The server no longer knows its own registration of us.
    if (place.server !== null && known.client && isConnectorFault(error) && error.options.installation)
      await forgetClient(ctx, row.platform, place, known.client.clientId);
    throw error;
  });
  return { ...(await adoptSignIn(ctx, row, target, tokens)), returnTo: row.returnTo };
}
