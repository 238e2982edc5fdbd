import { safeEqual } from '@/server/foundation/crypto';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { bodyFields, type Ctx, json, str } from '../http';
import type { World } from '../world';
import { exchangeCode, type Issued, type OAuthProblem, OAuthRefused, type OAuthRules, rotate } from './flow';

/** Token responses must not be stored (RFC 6749, 5.1). */
const NO_STORE = { 'cache-control': 'no-store' };

export const tokenAnswer = (body: Record<string, unknown>): Response => json(body, 200, NO_STORE);
export const oauthError = (status: number, error: string, description: string): Response =>
  json({ error, error_description: description }, status, NO_STORE);

/** Authenticates a confidential client by the secret in its Basic header (RFC 6749, 2.3.1). */
export function basicClient(c: Ctx, platform: string): boolean {
  const header = c.req.header('authorization') ?? '';
  if (!/^basic /i.test(header)) return false;
  const decoded = Buffer.from(header.slice(6), 'base64').toString('utf8');
  const at = decoded.indexOf(':');
  if (at < 0) return false;
  const { clientId, clientSecret } = sandboxClient(platform);
  try {
    return (
      safeEqual(decodeURIComponent(decoded.slice(0, at)), clientId) &&
      safeEqual(decodeURIComponent(decoded.slice(at + 1)), clientSecret)
    );
  } catch {
    return false;
  }
}

export interface TokenEndpoint {
  rules: OAuthRules;
  /** Authenticates the client. Returns the platform's error response if it is not the app. */
  client: (c: Ctx, form: Record<string, unknown>) => Response | null;
  /** Formats a pair of tokens as the platform does. */
  shape: (issued: Issued) => Record<string, unknown>;
  /** The platform's error for each refusal. */
  refusals: Record<OAuthProblem, { error: string; text: string }>;
  otherGrant: string;
}

/** Creates a token endpoint, which exchanges a code for a pair of tokens and a refresh token for the next pair. */
export function tokenEndpoint(world: World, o: TokenEndpoint) {
  return async (c: Ctx): Promise<Response> => {
    const form = await bodyFields(c);
    const refused = o.client(c, form);
    if (refused) return refused;
    const { clientId } = sandboxClient(o.rules.platform);
    const now = c.get('now');
    try {
      if (form.grant_type === 'authorization_code') {
        const redirectUri = str(form.redirect_uri) ?? '';
        const verifier = str(form.code_verifier);
        const code = str(form.code) ?? '';
        return tokenAnswer(
          o.shape(await exchangeCode(world, o.rules, { code, clientId, redirectUri, verifier, now })),
        );
      }
      if (form.grant_type === 'refresh_token') {
        const refreshToken = str(form.refresh_token) ?? '';
        return tokenAnswer(o.shape(await rotate(world, o.rules, { refreshToken, clientId, now })));
      }
    } catch (error) {
      if (!(error instanceof OAuthRefused)) throw error;
      const { error: name, text } = o.refusals[error.problem];
      return oauthError(400, name, text);
    }
    return oauthError(400, 'unsupported_grant_type', o.otherGrant);
  };
}
