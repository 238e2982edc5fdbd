import { bodyFields, type Ctx, json, str } from '../http';
import type { World } from '../world';
import { type Proof, provenApp } from './clients';
import {
  exchangeCode,
  type Issued,
  type OAuthProblem,
  OAuthRefused,
  type OAuthRules,
  revokeToken,
  rotate,
} from './flow';

/** Token responses must not be stored (RFC 6749, 5.1). */
const NO_STORE = { 'cache-control': 'no-store' };

export const tokenAnswer = (body: Record<string, unknown>): Response => json(body, 200, NO_STORE);
export const oauthError = (status: number, error: string, description: string): Response =>
  json({ error, error_description: description }, status, NO_STORE);

/** A platform's error: its name and a description. */
type Refused = readonly [error: string, text: string];

/** How a platform exchanges codes and refresh tokens. */
export interface TokenRules {
  /** How the app proves who it is, and the platform's error if it does not. */
  proofs: readonly Proof[];
  stranger: readonly [status: number, ...Refused];
  /** The switch without which no refresh token is issued. */
  refreshSwitch?: string;
  /** Fields of a pair of tokens that RFC 6749 does not have, or that differ. One that is undefined is left out. */
  more?: (issued: Issued, c: Ctx) => Record<string, unknown>;
  /** The platform's error for each refusal. One that is missing is as that for a code. */
  refusals: Partial<Record<OAuthProblem, Refused>> & { code: Refused };
  otherGrant: string;
}

/** Creates a token endpoint, which exchanges a code for a pair of tokens and a refresh token for the next pair. */
export function tokenEndpoint(world: World, own: OAuthRules, o: TokenRules) {
  return async (c: Ctx): Promise<Response> => {
    const form = await bodyFields(c);
    const app = await provenApp(world, c, form, o.proofs);
    if (!app) return oauthError(...o.stranger);
    const { clientId } = app;
    const rules = { ...own, platform: c.get('realm') };
    if (o.refreshSwitch && !(await world.settings.isOn(o.refreshSwitch))) rules.refreshable = () => false;
    const now = c.get('now');
    try {
      if (form.grant_type === 'authorization_code') {
        const redirectUri = str(form.redirect_uri) ?? '';
        const verifier = str(form.code_verifier);
        const code = str(form.code) ?? '';
        return pairAnswer(
          o,
          c,
          await exchangeCode(world, rules, { code, clientId, redirectUri, verifier, now }),
        );
      }
      if (form.grant_type === 'refresh_token') {
        const refreshToken = str(form.refresh_token) ?? '';
        return pairAnswer(o, c, await rotate(world, rules, { refreshToken, clientId, now }));
      }
    } catch (error) {
      if (!(error instanceof OAuthRefused)) throw error;
      return oauthError(400, ...(o.refusals[error.problem] ?? o.refusals.code));
    }
    return oauthError(400, 'unsupported_grant_type', o.otherGrant);
  };
}

/** Formats a pair of tokens (RFC 6749, 5.1). */
const pairAnswer = (o: TokenRules, c: Ctx, issued: Issued): Response =>
  tokenAnswer({
    access_token: issued.accessToken,
    token_type: 'Bearer',
    expires_in: issued.expiresIn ?? undefined,
    scope: issued.scopes,
    refresh_token: issued.refreshToken ?? undefined,
    ...o.more?.(issued, c),
  });

/** How a platform ends an app's access at the app's request (RFC 7009). */
export interface RevocationRules {
  operation: string;
  path: string;
  /** The platform's error if the app does not prove who it is. By default that of the token endpoint. */
  stranger?: readonly [status: number, ...Refused];
  /** What is wrong with a request without a token. Without it, the platform accepts such a request. */
  missing?: string;
  answer: () => Response;
}

/** Creates a revocation endpoint. A token that the platform does not know is none that is left. */
export function revocationEndpoint(world: World, { proofs, stranger }: TokenRules, o: RevocationRules) {
  return async (c: Ctx): Promise<Response> => {
    const form = await bodyFields(c);
    if (!(await provenApp(world, c, form, proofs))) return oauthError(...(o.stranger ?? stranger));
    const token = str(form.token);
    if (!token && o.missing !== undefined) return oauthError(400, 'invalid_request', o.missing);
    await revokeToken(world, c.get('realm'), token ?? '', c.get('now'));
    return o.answer();
  };
}
