import type { SignIn } from '../stand-in';
import type { World } from '../world';

const DAY = 86_400;

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

const INVALID =
  'Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired.';

/** The switch by which the app is that of an approved partner, to which alone LinkedIn gives refresh tokens. */
export const LINKEDIN_PARTNER = 'linkedinPartner';

export const linkedinSignIn: SignIn = {
  rules: {
    platform: 'linkedin',
    pkce: false,
    codeSeconds: 1_800,
    accessSeconds: 60 * DAY,
    refreshSeconds: 365 * DAY,
    refreshable: () => true,
    // They keep their end when they are used.
    keepsRefresh: true,
    prefix: () => 'AQ',
  },
  separator: ' ',
  scopes: {
    openid: 'Sign in',
    profile: 'See your name and photo',
    email: 'See your e-mail address',
    w_member_social: 'Post, comment and like for you',
    w_organization_social: 'Post, comment and like for your pages',
    r_organization_social: 'See the posts, comments and likes of your pages',
    rw_organization_admin: 'See which pages you manage, and their numbers',
  },
  describe: (a, pages) =>
    [a.about, pages.length > 0 ? `manages ${pages.map((p) => p.name).join(' and ')}` : '']
      .filter(Boolean)
      .join(' · '),
  paths: {
    authorize: '/oauth/v2/authorization',
    token: '/oauth/v2/accessToken',
    apps: '/mypreferences/d/data-sharing-for-permitted-services',
  },
  client: 'form',
  denied: deniedScope,
  tokens: {
    proofs: ['form'],
    refreshSwitch: LINKEDIN_PARTNER,
    stranger: [401, 'invalid_client', 'Client authentication failed'],
    more: ({ scopes, refreshToken }) => ({
      // LinkedIn separates scopes by commas here.
      scope: scopes.replaceAll(' ', ','),
      ...(refreshToken ? { refresh_token_expires_in: 365 * DAY } : {}),
    }),
    refusals: {
      code: ['invalid_request', INVALID],
      redirect: ['invalid_redirect_uri', INVALID],
      refresh: ['invalid_request', 'The provided refresh token is invalid, expired or revoked'],
    },
    otherGrant: 'A required parameter "grant_type" is missing or invalid',
  },
  revocation: {
    operation: 'revoke',
    path: '/oauth/v2/revoke',
    missing: 'A required parameter "token" is missing',
    answer: () => new Response(null, { status: 200 }),
  },
  refusal: {
    error: 'user_cancelled_authorize',
    error_description: 'The user cancelled the authorization',
  },
};
