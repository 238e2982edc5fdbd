import { env } from '@/server/foundation/env';
import { sandboxClient, sandboxInternalUrl, sandboxPublicUrl } from '@/server/foundation/sandbox-config';
import type { Address, AvailableManifest } from '../kit/manifest';
import type { Environment } from '../kit/types';

export interface Client {
  clientId: string;
  clientSecret: string;
}

/** The client that we are at a platform, or null when this installation has none for the environment. */
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

/** Where this installation can connect a platform, the real one first. */
export function environmentsFor(platform: string): Environment[] {
  return (['live', 'sandbox'] as const).filter((environment) => clientFor(platform, environment) !== null);
}

/** An address that this process calls. */
export const inside = (address: Address, environment: Environment): string =>
  environment === 'live' ? address.live : `${sandboxInternalUrl()}${address.sandbox}`;
/** An address that a person's browser opens. */
export const outside = (address: Address, environment: Environment): string =>
  environment === 'live' ? address.live : `${sandboxPublicUrl()}${address.sandbox}`;

/** The one address that a platform sends people back to. Registered there, compared exactly. */
export const redirectUri = (manifest: Pick<AvailableManifest, 'id'>): string =>
  `${env().appUrl}/api/oauth/${manifest.id}/callback`;
