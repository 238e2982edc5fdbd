import { sha256 } from '@/server/foundation/crypto';
import { clientSettings, env } from '@/server/foundation/env';
import { isReachable } from '@/server/foundation/reachable';
import { sandboxClient, sandboxInternalUrl, sandboxPublicUrl } from '@/server/foundation/sandbox-config';
import type { ClientPair } from '../kit/connector';
import type { Address, AvailableManifest } from '../kit/manifest';
import type { Environment } from '../kit/types';

/** Whether the settings have to name this installation's client before a platform can be connected. */
export const needsClient = ({ auth }: Pick<AvailableManifest, 'auth'>): boolean =>
  auth.kind === 'oauth2' && auth.registration === undefined;

/** Returns our OAuth client at a platform, or null if none is configured for the environment. */
export function clientFor(platform: string, environment: Environment): ClientPair | null {
  if (environment === 'sandbox') return env().sandbox ? sandboxClient(platform) : null;
  const { id: clientId, secret: clientSecret } = clientSettings(platform);
  return clientId && clientSecret ? { clientId, clientSecret } : null;
}

/** Returns the environments in which this installation can connect a platform, live first. */
export function environmentsFor(manifest: Pick<AvailableManifest, 'id' | 'auth'>): Environment[] {
  return (['live', 'sandbox'] as const).filter((environment) =>
    needsClient(manifest)
      ? clientFor(manifest.id, environment) !== null
      : environment === 'live' || env().sandbox,
  );
}

/** Whether a platform can reach this installation. Real platforms send to public addresses over TLS only; the sandbox is on this machine. */
export const canReceive = (environment: Environment, { appUrl, sandbox } = env()): boolean =>
  environment === 'sandbox' ? sandbox : isReachable(appUrl) && new URL(appUrl).protocol === 'https:';

/** Returns the URL for calls by this process. Throws if the address is on a server and none is given. */
export const internalUrl = (
  address: Address,
  environment: Environment,
  server: string | null = null,
): string => locate(address, environment, server, sandboxInternalUrl);
/** Returns the URL for the user's browser. Throws like `internalUrl`. */
export const publicUrl = (address: Address, environment: Environment, server: string | null = null): string =>
  locate(address, environment, server, sandboxPublicUrl);

/** Whether an address is on the server that the user names. */
export const isOnServer = ({ live }: Address): boolean => live.startsWith('/');

function locate(
  address: Address,
  environment: Environment,
  server: string | null,
  sandbox: () => string,
): string {
  if (!isOnServer(address)) return environment === 'live' ? address.live : `${sandbox()}${address.sandbox}`;
  if (server === null) throw new Error(`No server is known for ${address.live}`);
  if (environment === 'live') return `${server}${address.live}`.replace(/\/$/, '');
  // The stand-in serves every host below its own path.
  const [, id = '', ...rest] = address.sandbox.split('/');
  return [sandbox(), id, encodeURIComponent(new URL(server).host), ...rest].join('/').replace(/\/$/, '');
}

/** The last part of the address to which a server of a platform redirects users. */
const serverPart = (server: string): string => sha256(server).slice(0, 32);

/**
 * The only address to which a platform redirects users. It is registered there and must match exactly. Each server that a user names has one
 * of its own, so that a code of one server is never sent to another: https://www.rfc-editor.org/rfc/rfc9700#section-4.4.2
 */
export const redirectUri = (manifest: Pick<AvailableManifest, 'id'>, server: string | null): string =>
  `${env().appUrl}/api/oauth/${manifest.id}/callback${server === null ? '' : `/${serverPart(server)}`}`;

/** Whether a user came back to this redirect address. `part` is what followed `callback/`; empty if nothing did. */
export const isRedirectTo = (redirect: string, part: string): boolean =>
  redirect.endsWith(part === '' ? '/callback' : `/callback/${part}`);
