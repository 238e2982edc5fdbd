import { safeEqual } from '@/server/foundation/crypto';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { bodyFields, type Ctx, json, str } from '../http';
import { exchangeCode, type Issued, OAuthRefused, type OAuthRules, revokeToken, rotate } from '../oauth/flow';
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

const oauthError = (status: number, error: string, description: string) =>
  json({ error, error_description: description }, status, { 'cache-control': 'no-store' });

/** A confidential client proves itself with its secret in a Basic header. */
function authenticated(c: Ctx): boolean {
  const header = c.req.header('authorization') ?? '';
  if (!/^basic /i.test(header)) return false;
  const decoded = Buffer.from(header.slice(6), 'base64').toString('utf8');
  const at = decoded.indexOf(':');
  if (at < 0) return false;
  const { clientId, clientSecret } = sandboxClient('x');
  try {
    return (
      safeEqual(decodeURIComponent(decoded.slice(0, at)), clientId) &&
      safeEqual(decodeURIComponent(decoded.slice(at + 1)), clientSecret)
    );
  } catch {
    return false;
  }
}

const answer = (issued: Issued) =>
  json(
    {
      token_type: 'bearer',
      expires_in: issued.expiresIn,
      access_token: issued.accessToken,
      scope: issued.scopes,
      ...(issued.refreshToken ? { refresh_token: issued.refreshToken } : {}),
    },
    200,
    { 'cache-control': 'no-store' },
  );

export function xToken(world: World) {
  return async (c: Ctx): Promise<Response> => {
    if (!authenticated(c))
      return oauthError(401, 'unauthorized_client', 'Missing valid authorization header');
    const form = await bodyFields(c);
    const clientId = sandboxClient('x').clientId;
    const now = c.get('now');
    try {
      if (form.grant_type === 'authorization_code')
        return answer(
          await exchangeCode(world, xRules, {
            code: str(form.code) ?? '',
            clientId,
            redirectUri: str(form.redirect_uri) ?? '',
            verifier: str(form.code_verifier),
            now,
          }),
        );
      if (form.grant_type === 'refresh_token')
        return answer(
          await rotate(world, xRules, { refreshToken: str(form.refresh_token) ?? '', clientId, now }),
        );
    } catch (error) {
      if (!(error instanceof OAuthRefused)) throw error;
      const what = {
        code: 'Value passed for the authorization code was invalid.',
        verifier: 'Value passed for the code verifier did not match the code challenge.',
        redirect: 'Value passed for the redirect uri did not match the uri of the authorization code.',
        refresh: 'Value passed for the token was invalid.',
      }[error.problem];
      return oauthError(
        400,
        error.problem === 'refresh' || error.problem === 'code' ? 'invalid_grant' : 'invalid_request',
        what,
      );
    }
    return oauthError(400, 'unsupported_grant_type', 'The grant type is not supported.');
  };
}

export function xRevoke(world: World) {
  return async (c: Ctx): Promise<Response> => {
    if (!authenticated(c))
      return oauthError(401, 'unauthorized_client', 'Missing valid authorization header');
    const form = await bodyFields(c);
    const token = str(form.token);
    if (!token) return oauthError(400, 'invalid_request', 'Missing required parameter [token].');
    await revokeToken(world, 'x', token, c.get('now'));
    return json({ revoked: true });
  };
}
