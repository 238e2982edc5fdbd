import { bodyFields, type Ctx, json, str } from '../http';
import { provenApp } from '../oauth/clients';
import { oauthError, tokenEndpoint } from '../oauth/endpoint';
import { type OAuthRules, revokeToken } from '../oauth/flow';
import type { World } from '../world';

export const xRules: OAuthRules = {
  platform: 'x',
  pkce: true,
  codeSeconds: 30,
  accessSeconds: 7_200,
  refreshSeconds: null,
  refreshable: (scopes) => scopes.includes('offline.access'),
  prefix: () => '',
};

export const X_SCOPES: Record<string, string> = {
  'tweet.read': 'See your posts',
  'tweet.write': 'Post and delete posts for you',
  'users.read': 'See your profile',
  'media.write': 'Upload pictures for you',
  'offline.access': 'Stay connected until you end it',
};

const stranger = () => oauthError(401, 'unauthorized_client', 'Missing valid authorization header');

export const xToken = (world: World) =>
  tokenEndpoint(world, {
    rules: xRules,
    proofs: ['basic'],
    stranger,
    shape: (issued) => ({
      token_type: 'bearer',
      expires_in: issued.expiresIn,
      access_token: issued.accessToken,
      scope: issued.scopes,
      ...(issued.refreshToken ? { refresh_token: issued.refreshToken } : {}),
    }),
    refusals: {
      code: { error: 'invalid_request', text: 'Value passed for the authorization code was invalid.' },
      verifier: {
        error: 'invalid_request',
        text: 'Value passed for the code verifier did not match the code challenge.',
      },
      redirect: {
        error: 'invalid_request',
        text: 'Value passed for the redirect uri did not match the uri of the authorization code.',
      },
      refresh: { error: 'invalid_request', text: 'Value passed for the token was invalid.' },
    },
    otherGrant: 'The grant type is not supported.',
  });

export async function xRevoke(world: World, c: Ctx): Promise<Response> {
  const form = await bodyFields(c);
  if (!(await provenApp(world, c, form, ['basic']))) return stranger();
  const token = str(form.token);
  if (!token) return oauthError(400, 'invalid_request', 'Missing required parameter [token].');
  await revokeToken(world, 'x', token, c.get('now'));
  return json({ revoked: true });
}
