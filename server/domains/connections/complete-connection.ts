import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections } from '@/db/schema';
import { identify, revoke } from '@/server/connectors/host/call';
import { clientFor } from '@/server/connectors/host/clients';
import { exchangeCode } from '@/server/connectors/host/oauth';
import { sealTokens, type Tokens } from '@/server/connectors/host/tokens';
import { networkTransport } from '@/server/connectors/host/transport';
import type { RemoteIdentity } from '@/server/connectors/kit/connector';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { unseal } from '@/server/foundation/crypto';
import { isAppError } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../billing/lock-workspace';
import { assertWithinLimit } from '../billing/plans';
import { type Ctx, ROLES } from '../context';
import { transportInUse } from './load-target';
import { resolveReconnectAlert } from './mark-broken';
import type { OutcomeCode } from './outcomes';
import { assertPlatformInPlan, countConnections, verifierContext } from './start-connection';
import { type TakenState, takeState } from './take-state';

export interface Completed {
  code: OutcomeCode;
  /** Where the person was; null when the state did not tell. */
  returnTo: string | null;
  connectionIds: string[];
}
export interface CallbackInput {
  platform: string;
  state: string | null;
  code: string | null;
  /** The platform's own word for a refusal. */
  error: string | null;
}

/** Finishes a sign-in that `startConnection` began. Every way in which it can go wrong has its own answer; it does not throw. */
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
  // The role may have changed while the person was away.
  if (ROLES.indexOf(ctx.role) < ROLES.indexOf('manager')) return end('role', row.returnTo);
  try {
    return await finish(ctx, row, input.code, input.state);
  } catch (error) {
    if (isConnectorFault(error)) {
      log().warn(
        { platform: row.platform, fault: error.kind, status: error.options.status },
        'sign-in failed',
      );
      if (error.kind === 'rejected') return end('no_account', row.returnTo);
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
  const identities = await identify(target, tokens.accessToken);
  try {
    return await ctx.db.asWorkspace(ctx.workspaceId, (tx) => store(tx, ctx, row, identities, tokens));
  } catch (error) {
    // Nobody will use these tokens.
    await revoke(target, tokens);
    throw error;
  }
}

async function store(
  tx: Tx,
  ctx: Ctx,
  row: TakenState,
  identities: RemoteIdentity[],
  tokens: Tokens,
): Promise<Completed> {
  const workspace = await lockWorkspace(tx, ctx.workspaceId);
  assertPlatformInPlan(workspace.plan, row.platform);
  const known = await tx
    .select({ id: connections.id, remoteId: connections.remoteId, status: connections.status })
    .from(connections)
    .where(and(eq(connections.platform, row.platform), eq(connections.environment, row.environment)));
  const stateOf = (identity: RemoteIdentity) => known.find((k) => k.remoteId === identity.remoteId);
  const broken = identities.filter((i) => stateOf(i)?.status === 'needs_reconnect');
  const fresh = identities.find((i) => (stateOf(i)?.status ?? 'disconnected') === 'disconnected');
  // One sign-in adds at most one account. When it opens accounts that wait for it, these are renewed and none is added.
  const chosen = broken.length > 0 ? broken : fresh ? [fresh] : identities;
  if (chosen === identities || broken.length > 0) {
    // Renewing takes no place.
  } else assertWithinLimit(workspace.plan, 'connections', await countConnections(tx));

  const ids: string[] = [];
  for (const identity of chosen) ids.push(await put(tx, ctx, row, identity, tokens, stateOf(identity)?.id));
  const added = broken.length === 0 && fresh !== undefined;
  return { code: added ? 'connected' : 'renewed', returnTo: row.returnTo, connectionIds: ids };
}

async function put(
  tx: Tx,
  ctx: Ctx,
  row: TakenState,
  identity: RemoteIdentity,
  tokens: Tokens,
  existingId: string | undefined,
): Promise<string> {
  const id = existingId ?? newId('connection');
  // An account's own token does not follow the life of the person's.
  const own = identity.accessToken !== undefined;
  const values = {
    status: 'active' as const,
    remoteName: identity.name.slice(0, 200),
    remoteUrl: identity.url,
    remote: { ...identity.remote },
    scopes: tokens.scopes,
    credentials: sealTokens(
      id,
      own ? { accessToken: identity.accessToken ?? '', refreshToken: null } : tokens,
    ),
    accessExpiresAt: own ? null : tokens.accessExpiresAt,
    refreshExpiresAt: own ? null : tokens.refreshExpiresAt,
    refreshLeaseUntil: null,
    problem: null,
  };
  const { name } = platformManifest(row.platform);
  if (existingId) await tx.update(connections).set(values).where(eq(connections.id, existingId));
  else
    await tx.insert(connections).values({
      id,
      workspaceId: ctx.workspaceId,
      platform: row.platform,
      environment: row.environment,
      remoteId: identity.remoteId,
      createdBy: row.userId,
      createdAt: ctx.clock.now(),
      ...values,
    });
  await resolveReconnectAlert(tx, ctx, id);
  await recordActivity(tx, ctx, {
    verb: existingId ? 'connection.renewed' : 'connection.added',
    subjectType: 'connection',
    subjectId: id,
    summary: `${existingId ? 'Reconnected' : 'Connected'} ${name}: ${identity.name}`,
  });
  return id;
}
