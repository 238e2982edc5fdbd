import type { Clock } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import type { OwnLimits } from '@/server/foundation/own-limits';
import { assertWithinTerms } from '../kit/capabilities';
import type { ClientPair, Connector, ConnectorIo, RemoteIdentity, Secrets } from '../kit/connector';
import { brokenRules } from '../kit/option-rules';
import type { PostMedia } from '../kit/post-media';
import { readOwnLimits } from '../kit/read-own-limits';
import {
  type Capabilities,
  type Capability,
  ConnectorFault,
  type Environment,
  isConnectorFault,
  type PublishInput,
  type RemoteAccount,
} from '../kit/types';
import { access, type CredentialStore, type Credentials, type Renewing } from './access';
import { internalUrl, isOnServer, publicUrl } from './clients';
import { issuedTokens, type Peer, refreshTokens, revokeToken } from './oauth';
import { type RequestRun, runRequest } from './request';
import { assertNotThrottled, type BucketStore, recordLimits } from './throttle';
import { openTokens } from './tokens';
import { networkTransport, publicTransport, type Transport } from './transport';

export interface CallTarget {
  connector: Connector;
  environment: Environment;
  /** Null if the platform has no clients, or no longer knows one of ours. */
  client: ClientPair | null;
  connectionId: string;
  account: RemoteAccount;
  credentials: Credentials;
  store: CredentialStore;
  buckets: BucketStore;
  clock: Clock;
  transport?: Transport | undefined;
  /** Called before each request that changes something. If it throws, the request is not sent. */
  assertMayChange?: (() => Promise<void>) | undefined;
  /** Waits. Tests advance their clock instead. */
  pause?: ((ms: number) => Promise<void>) | undefined;
}

const SHORT_WAIT_S = 2;
const MAX_WAITS = 5;
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The credentials that a failed call used, so that the failure is not attributed to a newer connection made in the meantime. */
export const usedCredentials = new WeakMap<ConnectorFault, string>();

/** Uses a capability of a platform on behalf of a connection. Any failure of the platform is a ConnectorFault. */
export async function call<C extends Capability>(
  target: CallTarget,
  capability: C,
  input: Capabilities[C]['input'],
  beforeEffect?: () => void,
): Promise<Capabilities[C]['output']> {
  const work = target.connector.functions[capability];
  if (!work)
    throw new ConnectorFault(
      'rejected',
      fact('connectors.errors.cannotDo', { platform: target.connector.manifest.name }),
    );
  if (capability === 'publish') assertWithinRules(target, input as PublishInput<PostMedia>);
  return withAccess(target, (io) => work(withinTerms(io, capability), input), { beforeEffect });
}

/**
 * Refuses a post that breaks a rule of its platform about options and media. The publisher has checked before, so this is for whoever calls
 * without it.
 */
function assertWithinRules({ connector: { manifest } }: CallTarget, input: PublishInput<PostMedia>): void {
  if (input.replyTo !== undefined || input.repostOf !== undefined) return;
  const [broken] = brokenRules(manifest.optionRules ?? [], input.options ?? {}, { media: input.media ?? [] });
  if (broken) throw new ConnectorFault('rejected', broken.message, { vendorCode: 'rule' });
}

/** The same access, which refuses requests that the capability's terms exclude. */
const withinTerms = (io: ConnectorIo, capability: Capability): ConnectorIo => ({
  ...io,
  request: async (spec, schema) => {
    assertWithinTerms(capability, spec.operation, spec.effect);
    return io.request(spec, schema);
  },
});

/** Checks with a read-only request whether the connection still works. */
export function checkAccount(target: CallTarget): Promise<{ name: string }> {
  return withAccess(target, async (io) => {
    const { hooks } = target.connector;
    if (hooks.check) return hooks.check(io);
    const [first] = await hooks.identify(io, {});
    return { name: first?.name ?? '' };
  });
}

/** Reads the account's own limits, as far as they can be right; null if it has none. Throws ConnectorFault. */
export async function accountLimits(target: CallTarget): Promise<OwnLimits | null> {
  const { hooks, manifest } = target.connector;
  if (!hooks.limits) return null;
  const claimed = await withAccess(target, async (io) => hooks.limits?.(withReadsOnly(io)) ?? null);
  return claimed && readOwnLimits(claimed, manifest.post, manifest.options ?? []);
}

/** The same access, which refuses requests that change something. */
const withReadsOnly = (io: ConnectorIo): ConnectorIo => ({
  ...io,
  request: async (spec, schema) => {
    if (spec.effect !== 'read') throw new Error(`Reading limits must not send "${spec.operation}"`);
    return io.request(spec, schema);
  },
});

/** Whether credentials can be opened and renewed. */
function isRenewable({ context, sealed }: Credentials): boolean {
  try {
    return openTokens(context, sealed).refreshToken !== null;
  } catch {
    return false;
  }
}

/** How often newer credentials of other processes are tried, if each is rejected, before the fault is final. */
const MAX_ROUNDS = 2;

/**
 * Runs `work` with a valid token. Renews the token if it is about to expire, and once more if the platform rejects it. Repeating `work` is
 * safe: the rejected request changed nothing, and `work` finds what its earlier requests did.
 */
export async function withAccess<T>(
  target: CallTarget,
  work: (io: ConnectorIo) => Promise<T>,
  options: IoOptions = {},
): Promise<T> {
  let { credentials } = target;
  let renewed = false;
  let force = false;
  for (let round = 0; ; round++) {
    let renewing = true;
    try {
      const now = await access({
        credentials,
        store: target.store,
        clock: target.clock,
        force,
        peer: renewalOf({ ...target, server: target.account.server }),
      });
      renewing = false;
      renewed = now.credentials.sealed !== credentials.sealed;
      credentials = now.credentials;
      return await work(makeIo(target, now.secrets, target.account, options));
    } catch (error) {
      if (!isConnectorFault(error)) throw error;
      usedCredentials.set(error, credentials.sealed);
      if (error.kind === 'reauth' && force && renewed && !error.options.forbidden)
        throw rejectedAfterRenewal(target, error);
      if (error.kind !== 'reauth' || force || round >= MAX_ROUNDS) throw error;
      const latest = await target.store.read();
      if (!latest || !isRenewable(latest)) throw error;
      const unchanged = latest.sealed === credentials.sealed;
      // A rejected refresh token is not used again; only one that another process has stored in the meantime.
      if (renewing && unchanged) throw error;
      // A renewed token has no more permissions than the old one; one from a new grant may.
      if (error.options.forbidden && unchanged) throw error;
      // A token that another process has just stored is tried before it is renewed, too.
      force = unchanged;
      credentials = latest;
    }
  }
}

/**
 * The platform has just renewed the grant, so the grant is valid. If it still rejects the new token, the failure is the platform's own and
 * temporary. The connection stays.
 */
function rejectedAfterRenewal({ connector }: CallTarget, error: ConnectorFault): ConnectorFault {
  const { status, vendorCode } = error.options;
  return new ConnectorFault(
    'transient',
    fact('connectors.errors.newAccessRefused', { platform: connector.manifest.name }),
    {
      ...(status === undefined ? {} : { status }),
      ...(vendorCode === undefined ? {} : { vendorCode }),
      cause: error,
    },
  );
}

/** What the host needs to call a platform before or after a connection exists. */
export type UnconnectedTarget = Pick<
  CallTarget,
  'connector' | 'environment' | 'client' | 'clock' | 'transport'
> & {
  /** Base address of the user's server, or null if the platform is one site. */
  server: string | null;
};

/** Requests to a server that a user named go to public addresses only; the sandbox is on this machine. */
const transportOf = ({
  transport,
  server,
  environment,
}: Omit<UnconnectedTarget, 'connector' | 'clock' | 'client'>): Transport =>
  transport ?? (server !== null && environment === 'live' ? publicTransport : networkTransport);

/** Throws ConnectorFault if no client is known, because the operator has to name it. */
export function peerOf(target: UnconnectedTarget): Peer {
  const { manifest } = target.connector;
  if (!target.client)
    throw new ConnectorFault(
      'transient',
      fact('connectors.errors.installationRefused', { platform: manifest.name }),
      { installation: true },
    );
  return {
    manifest,
    environment: target.environment,
    server: target.server,
    client: target.client,
    transport: transportOf(target),
    now: () => target.clock.now(),
  };
}

function renewalOf(target: RenewalTarget): Renewing {
  const { manifest, hooks } = target.connector;
  return {
    manifest,
    async renew(secrets) {
      if (manifest.auth.kind === 'oauth2' && manifest.auth.refresh !== 'own')
        return refreshTokens(peerOf(target), secrets.refreshToken);
      if (!hooks.renew)
        throw new ConnectorFault('reauth', fact('connectors.errors.ended', { platform: manifest.name }));
      const io = unconnectedIo(target, null, {
        connectionId: target.credentials.context,
        hidden: [secrets.accessToken, secrets.refreshToken],
      });
      return issuedTokens(await hooks.renew(io, secrets, target.client), null);
    },
  };
}

/** A grant as the sweep renews it. */
export type RenewalTarget = UnconnectedTarget & Pick<CallTarget, 'credentials' | 'store'>;

/** Renews a grant's token if it expires within `marginMs`. Used by the sweep. Throws ConnectorFault even if the old token still works. */
export async function renewEarly(target: RenewalTarget, marginMs: number): Promise<void> {
  try {
    await access({
      credentials: target.credentials,
      store: target.store,
      clock: target.clock,
      marginMs,
      throwOnFailure: true,
      peer: renewalOf(target),
    });
  } catch (error) {
    if (isConnectorFault(error)) usedCredentials.set(error, target.credentials.sealed);
    throw error;
  }
}

/** Returns the accounts that a grant gives access to now, renewing its token if needed. Throws ConnectorFault. */
export const identifyAgain = (target: RenewalTarget): Promise<RemoteIdentity[]> =>
  withAccess(
    {
      ...target,
      connectionId: target.credentials.context,
      account: { remoteId: '', remote: {}, server: target.server },
      buckets: { low: async () => {} },
    },
    (io) => target.connector.hooks.identify(io, {}),
  );

/** Revokes a token at a platform that supports it (`ending: 'token'`). Throws ConnectorFault. */
export const endToken = (target: UnconnectedTarget, secrets: Secrets): Promise<void> =>
  revokeToken(peerOf(target), secrets.refreshToken ?? secrets.accessToken);

/** Revokes everything that a user granted, for all of their accounts (`ending: 'person'`). Throws ConnectorFault. */
export async function revokeUserAccess(target: UnconnectedTarget, person: string): Promise<void> {
  const { endAccess } = target.connector.hooks;
  if (!endAccess) return;
  const accessToken = endAccess.appToken(peerOf(target).client);
  const io = unconnectedIo(target, { accessToken, refreshToken: null }, { connectionId: 'ended' });
  await endAccess.end(io, person);
}

interface IoOptions {
  beforeEffect?: (() => void) | undefined;
  hidden?: readonly string[] | undefined;
}

function makeIo(
  target: Pick<
    CallTarget,
    | 'connector'
    | 'environment'
    | 'client'
    | 'connectionId'
    | 'clock'
    | 'transport'
    | 'pause'
    | 'assertMayChange'
  > & {
    buckets?: BucketStore;
  },
  secrets: Secrets | null,
  account: RemoteAccount,
  { beforeEffect, hidden }: IoOptions = {},
): ConnectorIo {
  const { connector, environment, clock, connectionId } = target;
  const { manifest, hooks } = connector;
  const server = hooks.home?.(account) ?? account.server;
  const run: RequestRun = {
    connector,
    base: internalUrl(manifest.api, environment, server),
    uploads: manifest.uploads && internalUrl(manifest.uploads, environment, server),
    secrets,
    hidden,
    headers: (target.client && hooks.headers?.(target.client)) ?? {},
    transport: transportOf({ ...target, server }),
    now: () => clock.now(),
    connectionId,
    assertMayChange: target.assertMayChange,
    beforeEffect,
    onLimits: async (operation, limits) => {
      if (target.buckets) await recordLimits(target.buckets, connectionId, operation, limits, clock.now());
    },
  };
  return {
    account,
    environment,
    web: server === null && isOnServer(manifest.web) ? '' : publicUrl(manifest.web, environment, server),
    now: () => clock.now(),
    request: async (spec, schema) => {
      for (let tries = 0; ; tries++) {
        try {
          assertNotThrottled(manifest.name, connectionId, spec.operation, clock.now());
          return await runRequest(run, spec, schema);
        } catch (error) {
          const wait = isConnectorFault(error) && error.kind === 'rate_limited' && error.options.retryAfter;
          // Waits out a limit of a second or two. A rate-limited request has changed nothing.
          if (!wait || wait > SHORT_WAIT_S || tries >= MAX_WAITS) throw error;
          await (target.pause ?? sleep)(wait * 1000);
        }
      }
    },
  };
}

/** Creates the `io` for a sign-in, or after one has ended. Without secrets, requests carry no credential. */
export const unconnectedIo = (
  target: UnconnectedTarget,
  secrets: Secrets | null,
  {
    connectionId = 'new',
    hidden,
    account = { remoteId: '', remote: {} },
  }: {
    connectionId?: string;
    hidden?: readonly string[];
    account?: Pick<RemoteAccount, 'remoteId' | 'remote'>;
  } = {},
): ConnectorIo =>
  makeIo(
    { ...target, connectionId },
    secrets,
    { remoteId: account.remoteId, remote: account.remote, server: target.server },
    { hidden },
  );

/** Returns the accounts that new credentials give access to. `given` is what the user entered, except secrets. */
export const identify = (
  target: UnconnectedTarget,
  secrets: Secrets,
  given: Readonly<Record<string, string>> = {},
): Promise<RemoteIdentity[]> => target.connector.hooks.identify(unconnectedIo(target, secrets), given);

/** Returns the user who granted access if the platform revokes access per user, otherwise null. */
export const grantingUser = async (target: UnconnectedTarget, secrets: Secrets): Promise<string | null> =>
  (await target.connector.hooks.person?.(unconnectedIo(target, secrets))) ?? null;
