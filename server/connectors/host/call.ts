import type { Clock } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import type { Connector, ConnectorIo, RemoteIdentity } from '../kit/connector';
import {
  type Capabilities,
  type Capability,
  ConnectorFault,
  type Environment,
  isConnectorFault,
  type RemoteAccount,
} from '../kit/types';
import { access, type CredentialStore, type Credentials } from './access';
import { type Client, inside, outside } from './clients';
import { type Peer, revokeToken } from './oauth';
import { type RequestRun, runRequest } from './request';
import { assertNotThrottled, type BucketStore, note } from './throttle';
import { openTokens, type Secrets } from './tokens';
import { networkTransport, type Transport } from './transport';

export interface CallTarget {
  connector: Connector;
  environment: Environment;
  client: Client;
  connectionId: string;
  account: RemoteAccount;
  credentials: Credentials;
  store: CredentialStore;
  buckets: BucketStore;
  clock: Clock;
  transport?: Transport | undefined;
  /** Asked before each request that changes something; what it throws keeps the request from leaving. */
  mayChange?: (() => Promise<void>) | undefined;
  /** Waits; tests give one that moves their clock instead. */
  pause?: ((ms: number) => Promise<void>) | undefined;
}

const SHORT_WAIT_S = 2;
const MAX_WAITS = 5;
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The credentials that a failed call was made with, so that a reconnection in between is not blamed. */
export const usedCredentials = new WeakMap<ConnectorFault, string>();

/**
 * Asks a platform for something on behalf of a connection. Throws ConnectorFault and nothing else that a platform caused.
 */
export async function call<C extends Capability>(
  target: CallTarget,
  capability: C,
  input: Capabilities[C]['input'],
  onRequestSent?: () => void,
): Promise<Capabilities[C]['output']> {
  const work = target.connector.functions[capability];
  if (!work)
    throw new ConnectorFault(
      'rejected',
      fact('connectors.errors.cannotDo', { platform: target.connector.manifest.name }),
    );
  return withAccess(target, (io) => work(io, input), onRequestSent);
}

/** Asks the platform whether the connection still works, with a request that changes nothing. */
export function checkAccount(target: CallTarget): Promise<{ name: string }> {
  return withAccess(target, async (io) => {
    const { hooks } = target.connector;
    if (hooks.check) return hooks.check(io);
    const [first] = await hooks.identify(io);
    return { name: first?.name ?? '' };
  });
}

/**
 * Runs with a good token: renews it when it is about to end, and once more when the platform refuses the token itself (a refused
 * request has changed nothing, and what a work did before it is found again by the work itself).
 */
async function withAccess<T>(
  target: CallTarget,
  work: (io: ConnectorIo) => Promise<T>,
  onRequestSent?: () => void,
): Promise<T> {
  let { credentials } = target;
  let renewed = false;
  for (let round = 0; ; round++) {
    let renewing = true;
    try {
      const now = await access({
        connectionId: target.connectionId,
        credentials,
        store: target.store,
        clock: target.clock,
        force: round > 0,
        peer: peerOf(target),
      });
      renewing = false;
      renewed = now.sealed !== credentials.sealed;
      credentials = { ...credentials, sealed: now.sealed };
      return await work(makeIo(target, now.accessToken, target.account, onRequestSent));
    } catch (error) {
      if (!isConnectorFault(error)) throw error;
      usedCredentials.set(error, credentials.sealed);
      if (error.kind === 'reauth' && round > 0 && renewed && !error.options.forbidden)
        throw contradiction(target, error);
      if (error.kind !== 'reauth' || round > 0) throw error;
      const latest = await target.store.read();
      if (!latest || openTokens(target.connectionId, latest.sealed).refreshToken === null) throw error;
      // A refresh token that was refused is not shown again; only one that another process has stored meanwhile.
      if (renewing && latest.sealed === credentials.sealed) throw error;
      // A new token has no right that the old one lacks; one that a person gave meanwhile may.
      if (error.options.forbidden && latest.sealed === credentials.sealed) throw error;
      credentials = latest;
    }
  }
}

/**
 * The platform has just renewed the grant, so the grant is alive, and refuses the new token all the same: its own trouble, which passes.
 * The connection stays.
 */
function contradiction({ connector }: CallTarget, error: ConnectorFault): ConnectorFault {
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

const peerOf = (
  target: Pick<CallTarget, 'connector' | 'environment' | 'client' | 'clock' | 'transport'>,
): Peer => ({
  manifest: target.connector.manifest,
  environment: target.environment,
  client: target.client,
  transport: target.transport ?? networkTransport,
  now: () => target.clock.now(),
});

/** Renews the token when it ends within `marginMs`. For the sweep. Throws ConnectorFault, also where the old token still works. */
export async function renewEarly(target: CallTarget, marginMs: number): Promise<void> {
  try {
    await access({
      connectionId: target.connectionId,
      credentials: target.credentials,
      store: target.store,
      clock: target.clock,
      marginMs,
      insist: true,
      peer: peerOf(target),
    });
  } catch (error) {
    if (isConnectorFault(error)) usedCredentials.set(error, target.credentials.sealed);
    throw error;
  }
}

/** What the host needs to speak to a platform before there is a connection, or after it. */
export type UnconnectedTarget = Pick<
  CallTarget,
  'connector' | 'environment' | 'client' | 'clock' | 'transport'
>;

/** Ends one connection's own token at a platform that has a way to (`ending: 'token'`). Throws ConnectorFault. */
export const endToken = (target: UnconnectedTarget, secrets: Secrets): Promise<void> =>
  revokeToken(peerOf(target), secrets.refreshToken ?? secrets.accessToken);

/** Ends everything that a person allowed, for all of their accounts (`ending: 'person'`). Throws ConnectorFault. */
export async function endPerson(target: UnconnectedTarget, person: string): Promise<void> {
  const { endAccess } = target.connector.hooks;
  if (!endAccess) return;
  const token = endAccess.appToken(target.client);
  await endAccess.end(makeIo({ ...target, connectionId: 'ended' }, token, nobody), person);
}

function makeIo(
  target: Pick<
    CallTarget,
    'connector' | 'environment' | 'client' | 'connectionId' | 'clock' | 'transport' | 'pause' | 'mayChange'
  > & {
    buckets?: BucketStore;
  },
  accessToken: string,
  account: RemoteAccount,
  onEffect?: () => void,
): ConnectorIo {
  const { connector, environment, clock, connectionId } = target;
  const { manifest, hooks } = connector;
  const run: RequestRun = {
    connector,
    base: inside(manifest.api, environment),
    uploads: manifest.uploads && inside(manifest.uploads, environment),
    accessToken,
    headers: hooks.headers?.(target.client) ?? {},
    transport: target.transport ?? networkTransport,
    now: () => clock.now(),
    connectionId,
    mayChange: target.mayChange,
    onEffect,
    onBucket: async (operation, bucket) => {
      if (target.buckets) await note(target.buckets, connectionId, operation, bucket, clock.now());
    },
  };
  return {
    account,
    environment,
    web: outside(manifest.web, environment),
    now: () => clock.now(),
    request: async (spec, schema) => {
      for (let tries = 0; ; tries++) {
        try {
          assertNotThrottled(manifest.name, connectionId, spec.operation, clock.now());
          return await runRequest(run, spec, schema);
        } catch (error) {
          const wait = isConnectorFault(error) && error.kind === 'rate_limited' && error.options.retryAfter;
          // A limit by the second is waited for here. A refused request has changed nothing.
          if (!wait || wait > SHORT_WAIT_S || tries >= MAX_WAITS) throw error;
          await (target.pause ?? sleep)(wait * 1000);
        }
      }
    },
  };
}

const nobody: RemoteAccount = { remoteId: '', remote: {} };

/** Whose accounts a fresh token opens. */
export const identify = (target: UnconnectedTarget, accessToken: string): Promise<RemoteIdentity[]> =>
  target.connector.hooks.identify(makeIo({ ...target, connectionId: 'new' }, accessToken, nobody));

/** Who allowed it, where the platform ends an access by the person; else null. */
export const personOf = async (target: UnconnectedTarget, accessToken: string): Promise<string | null> =>
  (await target.connector.hooks.person?.(makeIo({ ...target, connectionId: 'new' }, accessToken, nobody))) ??
  null;
