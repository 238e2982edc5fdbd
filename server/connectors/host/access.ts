import type { Clock } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import type { AvailableManifest } from '../kit/manifest';
import { ConnectorFault, isConnectorFault } from '../kit/types';
import { openTokens, type Secrets, sealTokens, type Tokens } from './tokens';

/** The part of a connection's row that the host manages. */
export interface Credentials {
  sealed: string;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
}
/** Storage of credentials. The connections domain implements it on the database. */
export interface CredentialStore {
  /** Returns the current credentials, or null if the connection no longer has any. */
  read(): Promise<Credentials | null>;
  /** Acquires the lease until `until` if no process holds it and the credentials are still `sealed`. */
  lease(sealed: string, until: Date): Promise<boolean>;
  /** Stores new credentials and ends the lease if the credentials are still `replaced`. */
  save(replaced: string, next: Credentials, tokens: Tokens): Promise<void>;
  release(sealed: string): Promise<void>;
}

/** A token is renewed this long before it expires, so that no request arrives with an expired one. */
const MARGIN_MS = 60_000;
/**
 * How long no other process may use the refresh token. The lease is never extended. It outlasts any request (at most 15 s) of a process
 * that crashed or lost the database, because a platform that sees the same token twice may revoke the connection.
 */
export const LEASE_MS = 45_000;
const WAIT_STEP_MS = 100;
const WAIT_STEPS = 150;

export interface Access {
  secrets: Secrets;
  sealed: string;
}
/** The platform that renews credentials. */
export interface Renewing {
  manifest: AvailableManifest;
  /** Throws ConnectorFault: `reauth` only if the platform reports that the grant or the session has ended. */
  renew(secrets: Secrets & { refreshToken: string }): Promise<Tokens>;
}
interface AccessOptions {
  connectionId: string;
  credentials: Credentials;
  store: CredentialStore;
  peer: Renewing;
  clock: Clock;
  /** Renew even if the token should still be valid, because the platform rejected it. */
  force?: boolean;
  /** Renew if the token expires within this time (the sweep renews early). */
  marginMs?: number;
  /** Throw if the renewal fails even though the token is still valid. The sweep needs to know. */
  throwOnFailure?: boolean;
}

/** Refreshes in progress in this process, shared by concurrent callers. */
const running = new Map<string, Promise<Access>>();

/** Returns valid credentials, renewed if it is about to expire. Throws `reauth` if no valid token can be obtained. */
export async function access(wanted: AccessOptions): Promise<Access> {
  const { connectionId, credentials, clock, peer } = wanted;
  const secrets = openTokens(connectionId, credentials.sealed);
  const now = clock.now().getTime();
  const ends = credentials.accessExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  if (!wanted.force && ends - now > (wanted.marginMs ?? MARGIN_MS))
    return { secrets, sealed: credentials.sealed };
  const stillGood = !wanted.force && ends > now;
  const { accessToken, refreshToken } = secrets;
  if (!refreshToken) {
    if (stillGood) return { secrets, sealed: credentials.sealed };
    throw ended(peer.manifest.name);
  }
  const key = `${connectionId}\n${credentials.sealed}`;
  let refresh = running.get(key);
  if (!refresh) {
    refresh = renew(wanted, { accessToken, refreshToken }).finally(() => running.delete(key));
    running.set(key, refresh);
  }
  try {
    return await refresh;
  } catch (error) {
    // The old token is valid until its last second, so a temporary failure to renew it does not fail the call.
    if (stillGood && !wanted.throwOnFailure && isConnectorFault(error) && error.kind !== 'reauth')
      return { secrets, sealed: credentials.sealed };
    throw error;
  }
}

const ended = (name: string) =>
  new ConnectorFault('reauth', fact('connectors.errors.ended', { platform: name }));

async function renew(wanted: AccessOptions, secrets: Secrets & { refreshToken: string }): Promise<Access> {
  const { connectionId, credentials, store, peer, clock } = wanted;
  if (!(await store.lease(credentials.sealed, new Date(clock.now().getTime() + LEASE_MS))))
    return waitForRenewal(wanted);
  let tokens: Tokens;
  try {
    tokens = await peer.renew(secrets);
  } catch (error) {
    await store.release(credentials.sealed);
    throw error;
  }
  const next = {
    sealed: sealTokens(connectionId, tokens),
    accessExpiresAt: tokens.accessExpiresAt,
    refreshExpiresAt: tokens.refreshExpiresAt,
  };
  await store.save(credentials.sealed, next, tokens);
  log().info({ connection: connectionId, platform: peer.manifest.id }, 'connection renewed');
  return { secrets: tokens, sealed: next.sealed };
}

/** Waits for another process to renew and store the credentials. If that process crashes, its lease ends and the next call renews. */
async function waitForRenewal(wanted: AccessOptions): Promise<Access> {
  const { connectionId, credentials, store, peer } = wanted;
  for (let step = 0; step < WAIT_STEPS; step++) {
    const now = await store.read();
    if (!now) throw ended(peer.manifest.name);
    if (now.sealed !== credentials.sealed)
      return { secrets: openTokens(connectionId, now.sealed), sealed: now.sealed };
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
  throw new ConnectorFault('transient', fact('connectors.errors.renewing', { platform: peer.manifest.name }));
}
