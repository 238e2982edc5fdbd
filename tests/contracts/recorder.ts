import type { PlatformId } from '@/server/connectors/generated/ids';
import { collectBody, type Transport } from '@/server/connectors/host/transport';
import type { Address } from '@/server/connectors/kit/manifest';
import { platformManifest } from '@/server/connectors/registry';
import { type Exchange, mediaType } from './exchange';

/** Returns a transport that passes requests on and records the exchanges. `base` is the path of the sandbox. */
export function recorder(inner: Transport, into: Exchange[], base: string): Transport {
  return async (wire) => {
    const url = new URL(wire.url);
    const inside = url.pathname.slice(base.length);
    const [, platform = ''] = inside.split('/');
    const sent = wire.body === undefined ? undefined : await collectBody(wire.body);
    const response = await inner({ ...wire, body: sent });
    const headers = Object.fromEntries(
      Object.entries(wire.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    into.push({
      platform,
      operation: wire.operation ?? signInOf(platform, inside, url.searchParams, sent, headers),
      method: wire.method,
      ...liveAddress(platform, inside),
      query: url.searchParams,
      headers,
      body: sent,
      status: response.status,
      answerType: response.headers['content-type'] ?? '',
      answerHeaders: response.headers,
      answer: response.body,
    });
    return response;
  };
}

interface Addresses {
  api?: Address;
  uploads?: Address;
  auth?: { token?: Address; revoke?: Address };
  /** The person names the platform's server, which is part of the sandbox's path. */
  server?: unknown;
}
const addressesOf = (platform: string): Addresses | undefined =>
  platformManifest(platform as PlatformId) as Addresses | undefined;

/** Returns the vendor's host and path for a path of the sandbox, by the manifest's most specific address. */
function liveAddress(platform: string, inside: string): { host: string; path: string } {
  const manifest = addressesOf(platform);
  const rest = inside.replace(/^\/[^/]+/, '');
  if (!manifest) return { host: '', path: rest };
  if (manifest.server !== undefined) {
    const [, host = '', ...path] = rest.split('/');
    return { host, path: `/${path.join('/')}` };
  }
  const [best] = [manifest.api, manifest.uploads, manifest.auth?.token, manifest.auth?.revoke]
    .flatMap((address) =>
      address ? [{ live: fixedPart(address.live), sandbox: fixedPart(address.sandbox) }] : [],
    )
    .filter(({ sandbox }) => inside.startsWith(sandbox))
    .sort((a, b) => b.sandbox.length - a.sandbox.length);
  if (!best) return { host: '', path: rest };
  const url = new URL(`${best.live}${inside.slice(best.sandbox.length)}`);
  return { host: url.hostname, path: url.pathname };
}

/** The part of an address before a placeholder. */
const fixedPart = (address: string): string => address.split('{')[0] ?? '';

/** Names a request that the host makes itself to sign somebody in or out. */
function signInOf(
  platform: string,
  inside: string,
  query: URLSearchParams,
  body: string | Uint8Array | undefined,
  headers: Record<string, string>,
): string | undefined {
  const auth = addressesOf(platform)?.auth;
  // A server that the person names stands between the platform's folder and the rest.
  const is = (address: Address | undefined) =>
    address !== undefined && inside.endsWith(address.sandbox.replace(`/${platform}/`, '/'));
  if (is(auth?.revoke)) return 'sign-in revoke';
  if (!is(auth?.token)) return undefined;
  const form = mediaType(headers['content-type']).endsWith('form-urlencoded')
    ? new URLSearchParams(String(body ?? ''))
    : query;
  return `sign-in ${form.get('grant_type') ?? 'authorization_code'}`;
}
