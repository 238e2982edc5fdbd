import { type Ctx, json, unix } from '../http';
import { registerApp } from '../oauth/clients';
import { firstWrong, readBody, textOf } from '../shell/body';
import type { SignIn } from '../stand-in';
import type { World } from '../world';
import { invalid } from './errors';
import { shape } from './shapes';

const SCOPES: Record<string, string> = {
  profile: 'See your name',
  'read:accounts': 'See accounts',
  'read:statuses': 'See posts',
  'write:statuses': 'Post and delete posts for you',
  'write:media': 'Upload files for you',
};

/** Tokens do not expire, and PKCE is optional: a challenge is checked if there is one. */
export const mastodonSignIn: SignIn = {
  rules: {
    platform: 'mastodon',
    pkce: false,
    codeSeconds: 600,
    accessSeconds: null,
    refreshSeconds: null,
    refreshable: () => false,
    prefix: () => '',
  },
  separator: ' ',
  scopes: SCOPES,
  paths: { authorize: '/oauth/authorize', token: '/oauth/token', apps: '/oauth/authorized_applications' },
  client: 'form',
  tokens: {
    proofs: ['form', 'basic'],
    stranger: [
      401,
      'invalid_client',
      'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
    ],
    more: (_issued, c) => ({ created_at: unix(c.get('now')) }),
    refusals: {
      code: [
        'invalid_grant',
        'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
      ],
    },
    otherGrant: 'The authorization grant type is not supported by the authorization server.',
  },
  revocation: {
    operation: 'postOauthRevoke',
    path: '/oauth/revoke',
    stranger: [403, 'unauthorized_client', 'You are not authorized to revoke this token'],
    answer: () => json({}),
  },
};

export async function createApp(world: World, c: Ctx): Promise<Response> {
  const { client_name: given, redirect_uris: uris, scopes: asked } = (await readBody(c)).fields;
  const name = textOf(given);
  const redirectUris = (Array.isArray(uris) ? uris : String(uris ?? '').split(/\s+/))
    .map(String)
    .filter(Boolean);
  const scopes = (textOf(asked) || 'read:accounts').split(/\s+/);
  const wrong = firstWrong([
    [name === '', "Application name can't be blank"],
    [redirectUris.length === 0, "Redirect URI can't be blank"],
    [scopes.some((scope) => !(scope in SCOPES)), "Scopes doesn't match configured on the server."],
  ]);
  if (wrong) return invalid(wrong);
  const app = await registerApp(world, c, { name, redirectUris, scopes: scopes.join(' ') });
  return json(
    shape('CredentialApplication', {
      id: '1',
      name,
      scopes,
      redirect_uri: redirectUris.join('\n'),
      redirect_uris: redirectUris,
      client_id: app.clientId,
      client_secret: app.clientSecret,
      client_secret_expires_at: 0,
    }),
  );
}
