import type { Clock } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { ConnectorFault, isConnectorFault } from '../kit/types';
import { type Peer, refreshTokens } from './oauth';
import { openTokens, sealTokens, type Tokens } from './tokens';

/** The part of a connection's row that belongs to the host. */
export interface Credentials {
  sealed: string;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
}
/** Where the host keeps credentials. Implemented over the database by the connections domain. */
export interface CredentialStore {
  /** The credentials as they are now; null when the connection has none any more. */
  read(): Promise<Credentials | null>;
  /** Takes the lease until `until` when nobody holds it and the credentials are still `sealed`. */
  lease(sealed: string, until: Date): Promise<boolean>;
  /** Stores new credentials and ends the lease, when the credentials are still `replaced`. */
  save(replaced: string, next: Credentials, tokens: Tokens): Promise<void>;
  release(sealed: string): Promise<void>;
}

/** A token is renewed this long before it ends, so that a request does not arrive with a dead one. */
const MARGIN_MS = 60_000;
/**
 * Nobody else shows the refresh token before this is over. Not renewed: it is over when a request of a process that died, or is cut
 * off from the database, cannot be under way any more (a request takes 15 s at most), since a platform that sees the same token twice
 * may end the connection.
 */
const LEASE_MS = 45_000;
const WAIT_STEP_MS = 100;
const WAIT_STEPS = 150;

export interface Access {
  accessToken: string;
  sealed: string;
}
interface Wanted {
  connectionId: string;
  credentials: Credentials;
  store: CredentialStore;
  peer: Peer;
  clock: Clock;
  /** Renew also when the token should still be good, because the platform refused it. */
  force?: boolean;
  /** Renew when the token ends within this time (the sweep renews early). */
  marginMs?: number;
  /** Throw when it cannot be renewed, though the token is still good: the sweep wants to know. */
  insist?: boolean;
}

/** Refreshes that run in this process now, so that callers beside each other share one. */
const running = new Map<string, Promise<Access>>();

/** A usable access token: the stored one, or a new one when it is about to end. Throws `reauth` when there is none to be had. */
export async function access(wanted: Wanted): Promise<Access> {
  const { connectionId, credentials, clock, peer } = wanted;
  const secrets = openTokens(connectionId, credentials.sealed);
  const now = clock.now().getTime();
  const ends = credentials.accessExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  if (!wanted.force && ends - now > (wanted.marginMs ?? MARGIN_MS))
    return { accessToken: secrets.accessToken, sealed: credentials.sealed };
  const stillGood = !wanted.force && ends > now;
  if (!secrets.refreshToken) {
    if (stillGood) return { accessToken: secrets.accessToken, sealed: credentials.sealed };
    throw ended(peer.manifest.name);
  }
  const key = `${connectionId}\n${credentials.sealed}`;
  let refresh = running.get(key);
  if (!refresh) {
    refresh = renew(wanted, secrets.refreshToken).finally(() => running.delete(key));
    running.set(key, refresh);
  }
  try {
    return await refresh;
  } catch (error) {
    // The old token works until its last second: a platform that cannot renew just now does not stop the call.
    if (stillGood && !wanted.insist && isConnectorFault(error) && error.kind !== 'reauth')
      return { accessToken: secrets.accessToken, sealed: credentials.sealed };
    throw error;
  }
}

const ended = (name: string) =>
  new ConnectorFault('reauth', fact('connectors.errors.ended', { platform: name }));

async function renew(wanted: Wanted, refreshToken: string): Promise<Access> {
  const { connectionId, credentials, store, peer, clock } = wanted;
  if (!(await store.lease(credentials.sealed, new Date(clock.now().getTime() + LEASE_MS))))
    return waitForOther(wanted);
  let tokens: Tokens;
  try {
    tokens = await refreshTokens(peer, refreshToken);
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
  return { accessToken: tokens.accessToken, sealed: next.sealed };
}

/** Another process renews: its result arrives in the row. It may also die, then the lease ends and the next call renews. */
async function waitForOther(wanted: Wanted): Promise<Access> {
  const { connectionId, credentials, store, peer } = wanted;
  for (let step = 0; step < WAIT_STEPS; step++) {
    const now = await store.read();
    if (!now) throw ended(peer.manifest.name);
    if (now.sealed !== credentials.sealed)
      return { accessToken: openTokens(connectionId, now.sealed).accessToken, sealed: now.sealed };
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
  throw new ConnectorFault('transient', fact('connectors.errors.renewing', { platform: peer.manifest.name }));
}
