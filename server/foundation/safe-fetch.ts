import { promises as dns, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, request } from 'undici';

/** Why an untrusted address was not fetched, or returned no response. */
export type SafeFetchReason =
  /** The address is not allowed: another protocol or port, a password in it, a private network. */
  | 'not_allowed'
  /** The name does not exist according to a name server. */
  | 'no_such_host'
  /** The server supports no TLS that a browser would accept. */
  | 'tls'
  | 'too_many_redirects'
  /** No response in time. */
  | 'timeout'
  /** Any other failure: refused, reset, no network here. */
  | 'unreachable';

export class SafeFetchError extends Error {
  override readonly name = 'SafeFetchError';
  /** The reason again, by the name under which errors of the network have theirs. */
  readonly code: SafeFetchReason;
  constructor(
    readonly reason: SafeFetchReason,
    options?: { cause?: unknown },
  ) {
    super(`Not fetched: ${reason}`, options);
    this.code = reason;
  }
}

export interface SafeAnswer {
  status: number;
  /** Address after all redirects. */
  url: string;
}

export interface SafeFetchOptions {
  method: 'HEAD' | 'GET';
  headers?: Record<string, string>;
  /** Total time in milliseconds, including redirects and name look-ups. */
  timeoutMs?: number;
}

/** Name resolution and address rules, which tests replace. */
export interface SafeFetchNetwork {
  resolve(host: string): Promise<LookupAddress[]>;
  isPublic(address: string): boolean;
  ports: readonly string[];
}

const TIME_MS = 5_000;
const REDIRECTS = 4;
const LONGEST_ADDRESS = 2_000;

/** Whether an address belongs to the public internet and is not loopback, private, link-local, mapped, translated or reserved. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare) || bare.includes('%')) return false;
  const parsed = ipaddr.parse(bare);
  if (parsed.range() !== 'unicast') return false;
  // Only 2000::/3 of IPv6 is allocated. Addresses outside of it are not public either, even without a named range.
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(ipaddr.IPv6.parse('2000::'), 3);
}

/** Resolves a name. Distinguishes NXDOMAIN from a machine without a name server, because only the former is a fact about the host. */
async function resolvePublicly(host: string): Promise<LookupAddress[]> {
  try {
    return await dns.lookup(host, { all: true, verbatim: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOTFOUND') throw error;
    const answers = await Promise.allSettled([dns.resolve4(host), dns.resolve6(host)]);
    const gone = answers.every((a) => a.status === 'rejected' && codeOf(a.reason) === 'ENOTFOUND');
    throw new SafeFetchError(gone ? 'no_such_host' : 'unreachable', { cause: error });
  }
}

/** The public internet. */
export const PUBLIC_NETWORK: SafeFetchNetwork = {
  resolve: resolvePublicly,
  isPublic: isPublicAddress,
  ports: ['', '80', '443'],
};

/** The host of a URL as the network knows it: without brackets and without the dot at the end. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** Throws SafeFetchError if the host of a URL is an address that is not public. Names are checked when they are resolved. */
export function assertPublicHost(url: URL, world: SafeFetchNetwork): void {
  const host = hostOf(url);
  if (ipaddr.isValid(host) && !world.isPublic(host)) throw new SafeFetchError('not_allowed');
}

/**
 * Creates the name look-up of a connection, which resolves the name and fails unless all of its addresses are public. The connection uses
 * only the addresses that were checked, so a second response of the name server has no effect. It is not called for a host that is an
 * address (`assertPublicHost`).
 */
export const publicLookup =
  (world: SafeFetchNetwork): LookupFunction =>
  (host, wanted, done) => {
    const resolved = world.resolve(host.replace(/\.$/, '')).then((addresses) => {
      if (addresses.length === 0) throw new SafeFetchError('unreachable');
      if (!addresses.every((each) => world.isPublic(each.address))) throw new SafeFetchError('not_allowed');
      return addresses;
    });
    resolved.then(
      (addresses) => {
        const [first] = addresses;
        if (wanted.all) done(null, addresses);
        else done(null, first?.address ?? '', first?.family);
      },
      (error: Error) => done(error, []),
    );
  };

/**
 * Requests an untrusted address and reads only the status of the response. Allows only http and https on their own ports. Each name is
 * resolved once, all of its addresses must be public, and the connection uses only these; the same applies to every redirect. Adds no
 * credentials. Throws only SafeFetchError.
 */
export function safeFetch(
  address: string,
  options: SafeFetchOptions,
  world: SafeFetchNetwork = PUBLIC_NETWORK,
): Promise<SafeAnswer> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? TIME_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new SafeFetchError('timeout')), { once: true });
  });
  const work = follow(address, options, world, signal).catch((error) => {
    throw error instanceof SafeFetchError ? error : new SafeFetchError(reasonOf(error), { cause: error });
  });
  // A name look-up cannot be cancelled, so its late result is ignored.
  work.catch(() => {});
  return Promise.race([work, late]);
}

async function follow(
  address: string,
  options: SafeFetchOptions,
  world: SafeFetchNetwork,
  signal: AbortSignal,
): Promise<SafeAnswer> {
  let url = allowed(address, world);
  for (let hops = 0; ; hops++) {
    const answer = await ask(url, options, world, signal);
    const next = answer.location;
    if (!next) return { status: answer.status, url: url.href };
    if (hops >= REDIRECTS) throw new SafeFetchError('too_many_redirects');
    url = allowed(next, world, url);
  }
}

function allowed(address: string, world: SafeFetchNetwork, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(address, base);
  } catch {
    throw new SafeFetchError('not_allowed');
  }
  const fine =
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    world.ports.includes(url.port) &&
    url.username === '' &&
    url.password === '' &&
    url.href.length <= LONGEST_ADDRESS;
  if (!fine) throw new SafeFetchError('not_allowed');
  return url;
}

async function ask(
  url: URL,
  options: SafeFetchOptions,
  world: SafeFetchNetwork,
  signal: AbortSignal,
): Promise<{ status: number; location: string | null }> {
  assertPublicHost(url, world);
  const agent = new Agent({
    connections: 1,
    maxHeaderSize: 32_768,
    connect: { lookup: publicLookup(world) },
  });
  let response: Dispatcher.ResponseData | undefined;
  try {
    response = await request(url, {
      dispatcher: agent,
      method: options.method,
      headers: { accept: '*/*', 'user-agent': 'Tributary link check', ...options.headers },
      signal,
    });
    const location = response.headers.location;
    const moved = [301, 302, 303, 307, 308].includes(response.statusCode);
    return {
      status: response.statusCode,
      location: moved && typeof location === 'string' ? location : null,
    };
  } finally {
    // The body is never read, and an error from destroying it here is ignored.
    response?.body.on('error', () => {}).destroy();
    await agent.destroy();
  }
}

const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
};

/**
 * Errors in the other side's certificate or handshake. Those that may only mean that this machine lacks a certificate authority are not
 * included.
 */
const TLS_CODES = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'EPROTO',
]);

function reasonOf(error: unknown): SafeFetchReason {
  const code = codeOf(error);
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError' || name === 'AbortError' || code === 'ETIMEDOUT' || /TIMEOUT/.test(code))
    return 'timeout';
  if (TLS_CODES.has(code) || code.startsWith('ERR_SSL_')) return 'tls';
  return 'unreachable';
}
