import type { ClientPair, ConnectorIo, IssuedSecrets, Query } from '../kit/connector';
import { GRAPH } from './manifest';
import { issued } from './wire';

/**
 * Exchanges the code of a callback for a short-lived token, and that for a long-lived one:
 * https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
 */
export async function exchange(
  io: ConnectorIo,
  { code, redirectUri }: { readonly code: string; readonly redirectUri: string },
  { clientId, clientSecret }: ClientPair,
): Promise<IssuedSecrets> {
  const ask = async (query: Query) => {
    const { body } = await io.request(
      {
        operation: 'fbAccessToken',
        method: 'GET',
        path: `/${GRAPH}/oauth/access_token`,
        query: { client_id: clientId, client_secret: clientSecret, ...query },
        effect: 'idempotent',
        timeoutMs: 15_000,
      },
      issued,
    );
    return body;
  };
  const short = await ask({ redirect_uri: redirectUri, code });
  const long = await ask({ grant_type: 'fb_exchange_token', fb_exchange_token: short.access_token });
  return {
    accessToken: long.access_token,
    refreshToken: null,
    accessExpiresAt:
      long.expires_in === undefined ? null : new Date(io.now().getTime() + long.expires_in * 1000),
    refreshExpiresAt: null,
  };
}
