import { env } from '@/server/foundation/env';
import { sandboxClient, sandboxInternalUrl, sandboxPublicUrl } from '@/server/foundation/sandbox-config';
import type { Address, AvailableManifest } from '../kit/manifest';
import type { Environment } from '../kit/types';

export interface Client {
  clientId: string;
  clientSecret: string;
}

/** Returns our OAuth client at a platform, or null if none is configured for the environment. */
export function clientFor(platform: string, environment: Environment): Client | null {
  const e = env();
  if (environment === 'sandbox') return e.sandbox ? sandboxClient(platform) : null;
  const pairs: Record<string, [string | undefined, string | undefined]> = {
    x: [e.X_CLIENT_ID, e.X_CLIENT_SECRET],
    facebook: [e.FACEBOOK_CLIENT_ID, e.FACEBOOK_CLIENT_SECRET],
    etsy: [e.ETSY_CLIENT_ID, e.ETSY_CLIENT_SECRET],
  };
  const [clientId, clientSecret] = pairs[platform] ?? [];
  return clientId && clientSecret ? { clientId, clientSecret } : null;
}

/** Returns the environments in which this installation can connect a platform, live first. */
export function environmentsFor(platform: string): Environment[] {
  return (['live', 'sandbox'] as const).filter((environment) => clientFor(platform, environment) !== null);
}

/** Returns the URL for calls by this process. */
export const internalUrl = (address: Address, environment: Environment): string =>
  environment === 'live' ? address.live : `${sandboxInternalUrl()}${address.sandbox}`;
/** Returns the URL for the user's browser. */
export const publicUrl = (address: Address, environment: Environment): string =>
  environment === 'live' ? address.live : `${sandboxPublicUrl()}${address.sandbox}`;

/** The only address to which a platform redirects users. It is registered there and must match exactly. */
export const redirectUri = (manifest: Pick<AvailableManifest, 'id'>): string =>
  `${env().appUrl}/api/oauth/${manifest.id}/callback`;
