import { bodyFields, type Ctx, json, str } from '../http';
import type { World } from '../world';
import { type Proof, provenApp } from './clients';
import { exchangeCode, type Issued, type OAuthProblem, OAuthRefused, type OAuthRules, rotate } from './flow';

/** Token responses must not be stored (RFC 6749, 5.1). */
const NO_STORE = { 'cache-control': 'no-store' };

export const tokenAnswer = (body: Record<string, unknown>): Response => json(body, 200, NO_STORE);
export const oauthError = (status: number, error: string, description: string): Response =>
  json({ error, error_description: description }, status, NO_STORE);

export interface TokenEndpoint {
  rules: OAuthRules;
  /** How the app proves who it is, and the platform's error if it does not. */
  proofs: readonly Proof[];
  stranger: () => Response;
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
    const app = await provenApp(world, c, form, o.proofs);
    if (!app) return o.stranger();
    const { clientId } = app;
    const rules = { ...o.rules, platform: c.get('realm') };
    const now = c.get('now');
    try {
      if (form.grant_type === 'authorization_code') {
        const redirectUri = str(form.redirect_uri) ?? '';
        const verifier = str(form.code_verifier);
        const code = str(form.code) ?? '';
        return tokenAnswer(
          o.shape(await exchangeCode(world, rules, { code, clientId, redirectUri, verifier, now })),
        );
      }
      if (form.grant_type === 'refresh_token') {
        const refreshToken = str(form.refresh_token) ?? '';
        return tokenAnswer(o.shape(await rotate(world, rules, { refreshToken, clientId, now })));
      }
    } catch (error) {
      if (!(error instanceof OAuthRefused)) throw error;
      const { error: name, text } = o.refusals[error.problem];
      return oauthError(400, name, text);
    }
    return oauthError(400, 'unsupported_grant_type', o.otherGrant);
  };
}
