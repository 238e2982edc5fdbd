import { keyedHash, safeEqual } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';
import { log } from '@/server/foundation/log';
import type { Connector, Secrets } from '../kit/connector';
import type { Environment, RemoteAccount } from '../kit/types';
import type {
  ReadWebhook,
  WebhookAddress,
  WebhookHooks,
  WebhookRequest,
  WebhookSecrets,
  WebhookTerms,
} from '../kit/webhooks';
import { type CallTarget, peerOf, type UnconnectedTarget, unconnectedIo, withAccess } from './call';

export interface Webhooks {
  readonly terms: WebhookTerms;
  readonly hooks: WebhookHooks;
}

/** Returns how a platform reports what happens, or null if it does not. */
export function webhooksOf({ manifest, hooks }: Connector): Webhooks | null {
  return manifest.webhooks && hooks.webhooks ? { terms: manifest.webhooks, hooks: hooks.webhooks } : null;
}

/** The address of a connection or of a sign-in, as it is stored. */
export interface Receiver {
  readonly id: string;
  readonly secret: string;
}

/** Returns the last part of an address. That of an app differs between installations, which may share the app. */
const lastPart = (platform: string, { proof }: WebhookTerms, at: Receiver | Environment): string => {
  if (typeof at === 'string')
    return `${at}-${keyedHash('webhook-address', `${platform}:${at}`).slice(0, 22)}`;
  return proof === 'address' ? `${at.id}.${at.secret}` : at.id;
};

/** Returns the address of a receiver, or of the installation's app in an environment. */
export function webhookAddress(
  platform: string,
  terms: WebhookTerms,
  at: Receiver | Environment,
): WebhookAddress {
  const folder = `${env().appUrl}/api/webhooks/${platform}/`;
  const url = `${folder}${lastPart(platform, terms, at)}`;
  return {
    url,
    secret: typeof at === 'string' ? keyedHash('webhook-secret', `${platform}:${at}`) : at.secret,
    // One of ours may be left from an earlier sign-in or secret, or from before this installation moved.
    isOurs: (other) =>
      URL.canParse(other) && (other.startsWith(folder) || new URL(other).pathname === new URL(url).pathname),
  };
}

/** Returns the environment whose app has this last part of an address, or null. */
export const appAt = (platform: string, terms: WebhookTerms, part: string): Environment | null =>
  (['live', 'sandbox'] as const).find((one) => safeEqual(lastPart(platform, terms, one), part)) ?? null;

/** Whether a request was sent by the platform to this receiver. `part` is the last part of the address that was used. */
export function isProven(
  platform: string,
  { terms, hooks }: Webhooks,
  at: Receiver | Environment,
  part: string,
  request: WebhookRequest,
  secrets: WebhookSecrets,
): boolean {
  if (!safeEqual(lastPart(platform, terms, at), part)) return false;
  if (terms.proof === 'address') return true;
  if (terms.proof === 'signed') return hooks.verify?.(request, secrets) === true;
  return safeEqual(request.headers[terms.proof.header] ?? '', secrets.own);
}

/** Reads a verified body. Null if it cannot be read, whatever the connector does. */
export function readWebhook(platform: string, { hooks }: Webhooks, body: string): ReadWebhook | null {
  try {
    return hooks.read(body);
  } catch (error) {
    log().warn({ err: error, platform }, 'a connector failed to read a webhook');
    return null;
  }
}

/** Lets the platform report what happens to a connection. Throws ConnectorFault. */
export async function setUpWebhooks(
  target: CallTarget,
  { hooks }: Webhooks,
  at: WebhookAddress,
): Promise<void> {
  if (hooks.app) {
    const place = { ...target, server: target.account.server };
    const { client } = peerOf(place);
    const app = { accessToken: hooks.app.token(client), refreshToken: null };
    const hidden = [client.clientSecret, at.secret];
    await hooks.app.setUp(
      unconnectedIo(place, app, { connectionId: target.connectionId, hidden }),
      client,
      at,
    );
  }
  await withAccess(target, (io) => hooks.setUp(io, at), { hidden: [at.secret] });
}

/** Undoes `setUpWebhooks` with the credentials of a connection that is no more. Throws ConnectorFault. */
export const takeDownWebhooks = (
  target: UnconnectedTarget,
  { hooks }: Webhooks,
  secrets: Secrets,
  account: Pick<RemoteAccount, 'remoteId' | 'remote'>,
  at: WebhookAddress,
): Promise<void> =>
  hooks.takeDown(unconnectedIo(target, secrets, { connectionId: 'ended', account, hidden: [at.secret] }), at);
