import { bodyFields, type Ctx, json, str, unix } from '../http';
import { provenApp, registerApp } from '../oauth/clients';
import { oauthError, tokenEndpoint } from '../oauth/endpoint';
import { type OAuthRules, revokeToken } from '../oauth/flow';
import type { World } from '../world';
import { invalid } from './errors';

/** PKCE is optional: a challenge is checked if there is one. */
export const mastodonRules: OAuthRules = {
  platform: 'mastodon',
  pkce: false,
  codeSeconds: 600,
  accessSeconds: null,
  refreshSeconds: null,
  refreshable: () => false,
  prefix: () => '',
};

export const MASTODON_SCOPES: Record<string, string> = {
  profile: 'See your name',
  'read:accounts': 'See accounts',
  'read:statuses': 'See posts',
  'write:statuses': 'Post and delete posts for you',
  'write:media': 'Upload files for you',
};

const GRANT =
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.';
const stranger = () =>
  oauthError(
    401,
    'invalid_client',
    'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
  );
const grant = { error: 'invalid_grant', text: GRANT };

export const mastodonToken = (world: World) => (c: Ctx) =>
  tokenEndpoint(world, {
    rules: mastodonRules,
    proofs: ['form', 'basic'],
    stranger,
    shape: (issued) => ({
      access_token: issued.accessToken,
      token_type: 'Bearer',
      scope: issued.scopes,
      created_at: unix(c.get('now')),
    }),
    refusals: { code: grant, verifier: grant, redirect: grant, refresh: grant },
    otherGrant: 'The authorization grant type is not supported by the authorization server.',
  })(c);

export async function revoke(world: World, c: Ctx): Promise<Response> {
  const form = await bodyFields(c);
  if (!(await provenApp(world, c, form, ['form', 'basic'])))
    return oauthError(403, 'unauthorized_client', 'You are not authorized to revoke this token');
  await revokeToken(world, c.get('realm'), str(form.token) ?? '', c.get('now'));
  return json({});
}

export async function createApp(world: World, c: Ctx): Promise<Response> {
  const { client_name: name, redirect_uris: given, scopes: asked } = await bodyFields(c);
  const redirectUris = (Array.isArray(given) ? given : String(given ?? '').split(/\s+/))
    .map(String)
    .filter(Boolean);
  if (typeof name !== 'string' || name === '') return invalid("Application name can't be blank");
  if (redirectUris.length === 0) return invalid("Redirect URI can't be blank");
  const scopes = typeof asked === 'string' && asked !== '' ? asked.split(/\s+/) : ['read:accounts'];
  if (scopes.some((scope) => !(scope in MASTODON_SCOPES)))
    return invalid("Scopes doesn't match configured on the server.");
  const { clientId, clientSecret } = await registerApp(world, c, {
    name,
    redirectUris,
    scopes: scopes.join(' '),
  });
  return json({
    id: '1',
    name,
    website: null,
    scopes,
    redirect_uri: redirectUris.join('\n'),
    redirect_uris: redirectUris,
    vapid_key: '',
    client_id: clientId,
    client_secret: clientSecret,
    client_secret_expires_at: 0,
  });
}
