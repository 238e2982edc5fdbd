import type { Clock } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import type { AvailableManifest } from '../kit/manifest';
import { ConnectorFault, isConnectorFault } from '../kit/types';
import { openTokens, type Secrets, type Tokens } from './tokens';

/** The tokens that a call uses, as they are stored: those of a grant, or an account's own. */
export interface Credentials {
  sealed: string;
  /** The context under which they were sealed. */
  context: string;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
}
/** Renews a grant's credentials, for all accounts that use them. */
export interface Renewal {
  /** Acquires the lease until `until` if no process holds it and the credentials are still `sealed`. */
  lease(sealed: string, until: Date): Promise<boolean>;
  /** Stores new credentials and ends the lease if the credentials are still `replaced`. Returns the new ones as they are stored. */
  save(replaced: string, tokens: Tokens): Promise<Credentials>;
  release(sealed: string): Promise<void>;
}
/** Storage of credentials. The connections domain implements it on the database. */
export interface CredentialStore {
  /** Returns the current credentials, or null if there are no usable ones any more. */
  read(): Promise<Credentials | null>;
  /** Null for an account's own token, which is not renewed. */
  readonly renewal: Renewal | null;
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
  /** The credentials that they are from. */
  credentials: Credentials;
}
/** The platform that renews credentials. */
export interface Renewing {
  manifest: AvailableManifest;
  /** Throws ConnectorFault: `reauth` only if the platform reports that the grant or the session has ended. */
  renew(secrets: Secrets & { refreshToken: string }): Promise<Tokens>;
}
interface AccessOptions {
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

/** Refreshes in progress in this process, by the sealed credentials, shared by concurrent callers. */
const running = new Map<string, Promise<Access>>();

/** Returns valid credentials, renewed if it is about to expire. Throws `reauth` if no valid token can be obtained. */
export async function access(wanted: AccessOptions): Promise<Access> {
  const { credentials, clock, peer } = wanted;
  const { renewal } = wanted.store;
  const secrets = readable(credentials, peer.manifest.name);
  const now = clock.now().getTime();
  const ends = credentials.accessExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  if (!wanted.force && ends - now > (wanted.marginMs ?? MARGIN_MS)) return { secrets, credentials };
  const stillGood = !wanted.force && ends > now;
  const { accessToken, refreshToken } = secrets;
  if (!refreshToken || !renewal) {
    if (stillGood) return { secrets, credentials };
    throw ended(peer.manifest.name);
  }
  const { sealed } = credentials;
  let refresh = running.get(sealed);
  if (!refresh) {
    refresh = renew(wanted, renewal, { accessToken, refreshToken }).finally(() => running.delete(sealed));
    running.set(sealed, refresh);
  }
  try {
    return await refresh;
  } catch (error) {
    // The old token is valid until its last second, so a temporary failure to renew it does not fail the call.
    if (stillGood && !wanted.throwOnFailure && isConnectorFault(error) && error.kind !== 'reauth')
      return { secrets, credentials };
    throw error;
  }
}

/**
 * Opens credentials. If they cannot be opened, because the keys of the installation were replaced or the row is damaged, only a new sign-in
 * helps, so this throws `reauth`.
 */
function readable({ context, sealed }: Credentials, name: string): Secrets {
  try {
    return openTokens(context, sealed);
  } catch (cause) {
    throw new ConnectorFault('reauth', fact('connectors.errors.unreadable', { platform: name }), { cause });
  }
}

const ended = (name: string) =>
  new ConnectorFault('reauth', fact('connectors.errors.ended', { platform: name }));

async function renew(
  wanted: AccessOptions,
  renewal: Renewal,
  secrets: Secrets & { refreshToken: string },
): Promise<Access> {
  const { credentials, peer, clock } = wanted;
  if (!(await renewal.lease(credentials.sealed, new Date(clock.now().getTime() + LEASE_MS))))
    return waitForRenewal(wanted);
  let tokens: Tokens;
  try {
    tokens = await peer.renew(secrets);
  } catch (error) {
    await renewal.release(credentials.sealed);
    throw error;
  }
  const next = await saveWithRetry(renewal, credentials.sealed, tokens);
  log().info({ platform: peer.manifest.id }, 'sign-in renewed');
  return { secrets: tokens, credentials: next };
}

/** Delays between the attempts to store renewed credentials, in milliseconds. Together they are shorter than the lease. */
const SAVE_AGAIN_MS = [100, 400, 1_500, 4_000, 10_000];

/**
 * Stores renewed credentials, and tries again if the database is away: many platforms accept the earlier refresh token no more, and end the
 * sign-in if they see it again.
 */
async function saveWithRetry(renewal: Renewal, replaced: string, tokens: Tokens): Promise<Credentials> {
  for (const wait of SAVE_AGAIN_MS) {
    try {
      return await renewal.save(replaced, tokens);
    } catch (error) {
      log().warn({ err: error }, 'a renewed sign-in could not be stored; retrying');
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return renewal.save(replaced, tokens);
}

/** Waits for another process to renew and store the credentials. If that process crashes, its lease ends and the next call renews. */
async function waitForRenewal({ credentials, store, peer }: AccessOptions): Promise<Access> {
  for (let step = 0; step < WAIT_STEPS; step++) {
    const now = await store.read();
    if (!now) throw ended(peer.manifest.name);
    if (now.sealed !== credentials.sealed)
      return { secrets: readable(now, peer.manifest.name), credentials: now };
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
  throw new ConnectorFault('transient', fact('connectors.errors.renewing', { platform: peer.manifest.name }));
}
