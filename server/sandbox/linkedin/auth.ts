import { bodyFields, type Ctx, str } from '../http';
import { provenApp } from '../oauth/clients';
import { oauthError, tokenEndpoint } from '../oauth/endpoint';
import { type OAuthRules, revokeToken } from '../oauth/flow';
import type { World } from '../world';

const DAY = 86_400;

/** Only approved partners get refresh tokens, which keep their end when they are used. */
export const linkedinRules: OAuthRules = {
  platform: 'linkedin',
  pkce: false,
  codeSeconds: 1_800,
  accessSeconds: 60 * DAY,
  refreshSeconds: 365 * DAY,
  refreshable: () => true,
  keepsRefresh: true,
  prefix: () => 'AQ',
};

export const LINKEDIN_SCOPES: Record<string, string> = {
  openid: 'Sign in',
  profile: 'See your name and photo',
  email: 'See your e-mail address',
  w_member_social: 'Post, comment and like for you',
  w_organization_social: 'Post, comment and like for your pages',
  r_organization_social: 'See the posts, comments and likes of your pages',
  rw_organization_admin: 'See which pages you manage, and their numbers',
};

/** Whether the app has the product Community Management, which the scopes for pages belong to. */
export const LINKEDIN_PAGES = 'linkedinPages';
const PAGE_SCOPES = ['w_organization_social', 'r_organization_social', 'rw_organization_admin'];

/** LinkedIn sends users back before it asks them, and escapes the name of the first scope that the app may not ask for. */
export async function deniedScope(
  world: World,
  scopes: readonly string[],
): Promise<Readonly<Record<string, string>> | null> {
  const scope = scopes.find((one) => PAGE_SCOPES.includes(one));
  if (!scope || (await world.settings.isOn(LINKEDIN_PAGES))) return null;
  return {
    error: 'unauthorized_scope_error',
    error_description: `Scope &quot;${scope}&quot; is not authorized for your application`,
  };
}

const stranger = () => oauthError(401, 'invalid_client', 'Client authentication failed');
const INVALID =
  'Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired.';

/** Whether the app is that of an approved partner. */
export const LINKEDIN_PARTNER = 'linkedinPartner';

export const linkedinToken = (world: World) => {
  const endpointOf = (isPartner: boolean) =>
    tokenEndpoint(world, {
      rules: { ...linkedinRules, refreshable: () => isPartner },
      proofs: ['form'],
      stranger,
      shape: (issued) => ({
        access_token: issued.accessToken,
        token_type: 'Bearer',
        expires_in: issued.expiresIn,
        // LinkedIn separates scopes by commas here.
        scope: issued.scopes.split(' ').join(','),
        ...(issued.refreshToken
          ? { refresh_token: issued.refreshToken, refresh_token_expires_in: 365 * DAY }
          : {}),
      }),
      refusals: {
        code: { error: 'invalid_request', text: INVALID },
        verifier: { error: 'invalid_request', text: INVALID },
        redirect: { error: 'invalid_redirect_uri', text: INVALID },
        refresh: {
          error: 'invalid_request',
          text: 'The provided refresh token is invalid, expired or revoked',
        },
      },
      otherGrant: 'A required parameter "grant_type" is missing or invalid',
    });
  return async (c: Ctx): Promise<Response> => endpointOf(await world.settings.isOn(LINKEDIN_PARTNER))(c);
};

export async function revoke(world: World, c: Ctx): Promise<Response> {
  const form = await bodyFields(c);
  if (!(await provenApp(world, c, form, ['form']))) return stranger();
  const token = str(form.token);
  if (!token) return oauthError(400, 'invalid_request', 'A required parameter "token" is missing');
  await revokeToken(world, 'linkedin', token, c.get('now'));
  return new Response(null, { status: 200 });
}
