import { createHmac } from 'node:crypto';
import { safeEqual } from '@/server/foundation/crypto';
import type { ClientPair } from '../kit/connector';
import type { WebhookHooks } from '../kit/webhooks';

/** The app's own token: https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens */
export const appToken = ({ clientId, clientSecret }: ClientPair): string => `${clientId}|${clientSecret}`;

/**
 * Whether Meta signed a body with the app's secret.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
 */
export const verify: NonNullable<WebhookHooks['verify']> = ({ body, headers }, { client }) =>
  client !== null &&
  safeEqual(
    headers['x-hub-signature-256'] ?? '',
    `sha256=${createHmac('sha256', client.clientSecret).update(body).digest('hex')}`,
  );

/**
 * Answers Meta's question whether an address is ours.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests
 */
export const confirm: NonNullable<WebhookHooks['app']>['confirm'] = (query, { secret }) => {
  const challenge = query.get('hub.challenge') ?? '';
  const asks = query.get('hub.mode') === 'subscribe' && /^[\w.-]{1,200}$/.test(challenge);
  return asks && safeEqual(query.get('hub.verify_token') ?? '', secret) ? challenge : null;
};
