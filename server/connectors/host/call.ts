import type { Clock } from '@/server/foundation/clock';
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
import { runRequest } from './request';
import { assertNotThrottled, type BucketStore, note } from './throttle';
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
}

/** The credentials that a failed call was made with, so that a reconnection in between is not blamed. */
export const usedCredentials = new WeakMap<ConnectorFault, string>();

/**
 * Asks a platform for something on behalf of a connection. Renews the token when it is about to end, and once more when
 * the platform refuses it (a refused request has changed nothing). Throws ConnectorFault and nothing else that a platform caused.
 */
export async function call<C extends Capability>(
  target: CallTarget,
  capability: C,
  input: Capabilities[C]['input'],
  onRequestSent?: () => void,
): Promise<Capabilities[C]['output']> {
  const { connector, connectionId, clock } = target;
  const { name } = connector.manifest;
  const work = connector.functions[capability];
  if (!work) throw new ConnectorFault('rejected', `${name} cannot do this.`);
  let credentials = target.credentials;
  let effectSent = false;
  for (let round = 0; ; round++) {
    try {
      const now = await access({
        connectionId,
        credentials,
        store: target.store,
        clock,
        force: round > 0,
        peer: {
          manifest: connector.manifest,
          environment: target.environment,
          client: target.client,
          transport: target.transport ?? networkTransport,
          now: () => clock.now(),
        },
      });
      credentials = { ...credentials, sealed: now.sealed };
      const io = makeIo(target, now.accessToken, target.account, () => {
        effectSent = true;
        onRequestSent?.();
      });
      return await work(io, input);
    } catch (error) {
      if (!isConnectorFault(error)) throw error;
      usedCredentials.set(error, credentials.sealed);
      if (error.kind !== 'reauth' || round > 0) throw error;
      // A work of several requests is not begun again: its parts that went through would be repeated.
      if (effectSent && capability === 'list') throw error;
      const latest = await target.store.read();
      if (!latest) throw error;
      if (latest.sealed === credentials.sealed && !(await canRefresh(target, latest))) throw error;
      credentials = latest;
    }
  }
}

async function canRefresh(target: CallTarget, credentials: Credentials): Promise<boolean> {
  const { openTokens } = await import('./tokens');
  return openTokens(target.connectionId, credentials.sealed).refreshToken !== null;
}

function makeIo(
  target: Pick<CallTarget, 'connector' | 'environment' | 'client' | 'connectionId' | 'clock' | 'transport'> & {
    buckets?: BucketStore;
  },
  accessToken: string,
  account: RemoteAccount,
  onEffect?: () => void,
): ConnectorIo {
  const { connector, environment, clock, connectionId } = target;
  const { manifest, hooks } = connector;
  return {
    account,
    environment,
    web: outside(manifest.web, environment),
    now: () => clock.now(),
    request: (spec, schema) => {
      assertNotThrottled(manifest.name, connectionId, spec.operation, clock.now());
      return runRequest(
        {
          connector,
          base: inside(manifest.api, environment),
          accessToken,
          headers: hooks.headers?.(target.client) ?? {},
          transport: target.transport ?? networkTransport,
          now: () => clock.now(),
          connectionId,
          onEffect,
          onBucket: async (operation, bucket) => {
            if (target.buckets) await note(target.buckets, connectionId, operation, bucket);
          },
        },
        spec,
        schema,
      );
    },
  };
}

/** Whose accounts a fresh token opens. */
export function identify(
  target: Pick<CallTarget, 'connector' | 'environment' | 'client' | 'clock' | 'transport'>,
  accessToken: string,
): Promise<RemoteIdentity[]> {
  const nobody: RemoteAccount = { remoteId: '', remote: {} };
  return target.connector.hooks.identify(
    makeIo({ ...target, connectionId: 'new' }, accessToken, nobody),
  );
}
