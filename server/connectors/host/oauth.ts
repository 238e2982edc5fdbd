import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { fact } from '@/server/foundation/facts';
import { nearestInstant } from '@/server/foundation/inputs';
import { storableJson, truncateText } from '@/server/foundation/storable';
import type { ClientPair, IssuedSecrets } from '../kit/connector';
import type { AvailableManifest, OAuthTerms } from '../kit/manifest';
import { ConnectorFault, type Environment } from '../kit/types';
import { lifetime } from '../kit/wire';
import { internalUrl, publicUrl } from './clients';
import { networkFault } from './faults';
import { safeVendorCode, type TokenRequest, tokenFault } from './token-faults';
import type { Tokens } from './tokens';
import type { Transport } from './transport';

export interface Peer {
  manifest: AvailableManifest;
  environment: Environment;
  /** Base address of the user's server, or null if the platform is one site. */
  server: string | null;
  client: ClientPair;
  transport: Transport;
  now(): Date;
}
const TIMEOUT = 15_000;

/** Returns the OAuth terms of a platform. Throws if users sign in to it in another way. */
export function oauthTerms({ id, auth }: AvailableManifest): OAuthTerms {
  if (auth.kind !== 'oauth2') throw new Error(`${id} has no OAuth`);
  return auth;
}

function endpoints({ manifest, environment, server }: Peer): oauth.AuthorizationServer {
  const { authorize, token, revoke } = oauthTerms(manifest);
  const tokenEndpoint = internalUrl(token, environment, server);
  return {
    issuer: new URL(tokenEndpoint).origin,
    authorization_endpoint: publicUrl(authorize, environment, server),
    token_endpoint: tokenEndpoint,
    ...(revoke ? { revocation_endpoint: internalUrl(revoke, environment, server) } : {}),
  };
}

/** These platforms expect the id and secret as they are, not form-encoded (RFC 6749, 2.3.1). */
function clientAuth({ manifest, client }: Peer): oauth.ClientAuth {
  const terms = oauthTerms(manifest);
  if (terms.client === 'public') return oauth.None();
  if (terms.client === 'body') return oauth.ClientSecretPost(client.clientSecret);
  return (_as, _client, _body, headers) => {
    headers.set(
      'authorization',
      `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
    );
  };
}

/**
 * Normalizes a token response to the fields of RFC 6749, 5.1. A response with an access token is never rejected for the format of its other
 * fields, because the old refresh token may already be used up (scope as null or a list, no token_type, a lifetime as digits or 0, a refresh
 * token that is null). Returns undefined if there is no access token; the library then reports the error.
 */
function normalizeTokenResponse(body: string): string | undefined {
  const answer = z.looseObject({ access_token: z.string().min(1) }).safeParse(parse(body)).data;
  if (!answer) return undefined;
  const word = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const { scope } = answer;
  return JSON.stringify({
    access_token: answer.access_token,
    token_type: 'bearer',
    refresh_token: word(answer.refresh_token),
    expires_in: lifetime.parse(answer.expires_in),
    refresh_token_expires_in: lifetime.parse(answer.refresh_token_expires_in),
    scope: Array.isArray(scope)
      ? word(scope.filter((one) => typeof one === 'string').join(' '))
      : word(scope),
  });
}

function options(peer: Peer, sent: { yes: boolean }) {
  return {
    // The sandbox uses loopback without TLS; live addresses in the manifest are https.
    [oauth.allowInsecureRequests]: peer.environment === 'sandbox',
    [oauth.customFetch]: async (
      url: string,
      init: { method: string; headers: Record<string, string>; body?: unknown },
    ) => {
      const response = await peer.transport({
        url,
        method: init.method,
        headers: { ...init.headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: init.body === undefined || init.body === null ? undefined : String(init.body),
        timeoutMs: TIMEOUT,
        onSent: () => {
          sent.yes = true;
        },
      });
      const plain = response.body === '' ? null : storableJson(response.body);
      const read = response.status === 200 && plain !== null ? normalizeTokenResponse(plain) : undefined;
      return new Response(read ?? plain, {
        status: response.status,
        // The original headers describe the length and type of the original body.
        headers: read === undefined ? response.headers : { 'content-type': 'application/json' },
      });
    },
  };
}

/** The code with which a user came back, and what was sent with them. */
export interface SignInCode {
  readonly code: string;
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier: string | null;
  /** The scopes that were requested. */
  readonly scopes: readonly string[];
}

export interface Started {
  url: string;
  state: string;
  codeVerifier: string | null;
}

/** Builds the URL of the platform's consent page, with a fresh state and, if the platform supports it, PKCE. */
export async function startAuthorization(
  peer: Peer,
  redirectUri: string,
  scopes: readonly string[],
): Promise<Started> {
  const auth = oauthTerms(peer.manifest);
  const state = oauth.generateRandomState();
  const codeVerifier = auth.pkce === 'S256' ? oauth.generateRandomCodeVerifier() : null;
  const url = new URL(publicUrl(auth.authorize, peer.environment, peer.server));
  for (const [name, value] of Object.entries(auth.authorizeWith ?? {})) url.searchParams.set(name, value);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('client_id', peer.client.clientId);
  url.searchParams.set('redirect_uri', redirectUri);
  url.searchParams.set('scope', scopes.join(auth.scopeSeparator));
  url.searchParams.set('state', state);
  if (codeVerifier) {
    url.searchParams.set('code_challenge', await oauth.calculatePKCECodeChallenge(codeVerifier));
    url.searchParams.set('code_challenge_method', 'S256');
  }
  return { url: url.href, state, codeVerifier };
}

/** Exchanges the code of a callback for tokens. The caller has checked the state. Throws ConnectorFault. */
export async function exchangeCode(peer: Peer, grant: SignInCode): Promise<Tokens> {
  const as = endpoints(peer);
  const client = { client_id: peer.client.clientId };
  return withOAuthFaults(peer, 'code', async (sent) => {
    const parameters = oauth.validateAuthResponse(
      as,
      client,
      new URLSearchParams({ code: grant.code, state: grant.state }),
      grant.state,
    );
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      clientAuth(peer),
      parameters,
      grant.redirectUri,
      grant.codeVerifier ?? oauth.nopkce,
      options(peer, sent),
    );
    const answer = await oauth.processAuthorizationCodeResponse(as, client, response);
    return tokensOf(peer, answer, { refreshToken: null, scopes: [...grant.scopes] });
  });
}

/**
 * Exchanges a refresh token. Throws ConnectorFault: `reauth` if the platform reports that the grant has ended, otherwise `transient` (see
 * token-faults.ts).
 */
export async function refreshTokens(peer: Peer, refreshToken: string): Promise<Tokens> {
  const as = endpoints(peer);
  const client = { client_id: peer.client.clientId };
  return withOAuthFaults(peer, 'refresh', async (sent) => {
    const response = await oauth.refreshTokenGrantRequest(
      as,
      client,
      clientAuth(peer),
      refreshToken,
      options(peer, sent),
    );
    const answer = await oauth.processRefreshTokenResponse(as, client, response);
    return tokensOf(peer, answer, { refreshToken, scopes: null });
  });
}

/** Revokes a token if the platform supports it. */
export async function revokeToken(peer: Peer, token: string): Promise<void> {
  if (!oauthTerms(peer.manifest).revoke) return;
  const as = endpoints(peer);
  const client = { client_id: peer.client.clientId };
  await withOAuthFaults(peer, 'revocation', async (sent) =>
    oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, clientAuth(peer), token, options(peer, sent)),
    ),
  );
}

/** Returns the time this many seconds from now, or null if the lifetime is unknown. */
const expiryAfter = (peer: Peer, seconds: number | null | undefined): Date | null =>
  seconds == null ? null : nearestInstant(peer.now().getTime() + seconds * 1000);

/** Scopes of an answer that are kept, and the length of each. Servers are run by anybody, and the scopes are stored. */
const MAX_SCOPES = 100;
const LONGEST_SCOPE = 200;

function scopesIn(scope: string | undefined): string[] | null {
  const named = truncateText(scope ?? '', MAX_SCOPES * LONGEST_SCOPE)
    .split(/[ ,]+/)
    .filter(Boolean);
  return named.length > 0 ? named.filter((one) => one.length <= LONGEST_SCOPE).slice(0, MAX_SCOPES) : null;
}

/** `before` is what stays if the answer does not name it (RFC 6749, 5.1 and 6). */
function tokensOf(
  peer: Peer,
  answer: oauth.TokenEndpointResponse,
  before: Pick<Tokens, 'refreshToken' | 'scopes'>,
): Tokens {
  const auth = oauthTerms(peer.manifest);
  const refreshToken = answer.refresh_token ?? before.refreshToken;
  // Not in RFC 6749, but several platforms say it under this name.
  const refreshLife = lifetime.parse(answer.refresh_token_expires_in) ?? auth.refreshLifetime;
  return {
    accessToken: answer.access_token,
    refreshToken,
    accessExpiresAt: expiryAfter(peer, answer.expires_in ?? auth.accessLifetime),
    refreshExpiresAt: refreshToken ? expiryAfter(peer, refreshLife) : null,
    scopes: scopesIn(answer.scope) ?? before.scopes,
  };
}

/**
 * Completes credentials that a connector received itself. Times out of range become the nearest ones. `scopes` are those that were granted
 * if the platform does not say.
 */
export const issuedTokens = (issued: IssuedSecrets, scopes: Tokens['scopes']): Tokens => ({
  accessToken: issued.accessToken,
  refreshToken: issued.refreshToken,
  accessExpiresAt: issued.accessExpiresAt && nearestInstant(issued.accessExpiresAt.getTime()),
  refreshExpiresAt: issued.refreshExpiresAt && nearestInstant(issued.refreshExpiresAt.getTime()),
  scopes: issued.scopes ? [...issued.scopes] : scopes,
});

async function withOAuthFaults<T>(
  peer: Peer,
  request: TokenRequest,
  work: (sent: { yes: boolean }) => Promise<T>,
): Promise<T> {
  const sent = { yes: false };
  const { name } = peer.manifest;
  try {
    return await work(sent);
  } catch (error) {
    if (error instanceof ConnectorFault) throw error;
    if (error instanceof oauth.ResponseBodyError)
      throw tokenFault(peer.manifest, request, {
        status: error.status,
        error: error.error,
        description: error.error_description,
      });
    // A challenge (401 with WWW-Authenticate) rejects the client's own authentication: RFC 6749, 5.2.
    if (error instanceof oauth.WWWAuthenticateChallengeError)
      throw tokenFault(peer.manifest, request, { status: error.status, error: 'invalid_client' });
    if (error instanceof oauth.OperationProcessingError) {
      const status = error.cause instanceof Response ? error.cause.status : undefined;
      // The response came from a gateway or firewall, not from the OAuth server.
      if (status !== undefined && status >= 400) throw tokenFault(peer.manifest, request, { status });
      throw new ConnectorFault('transient', fact('connectors.errors.signInNonsense', { platform: name }), {
        vendorCode: safeVendorCode(error.code),
      });
    }
    throw networkFault(name, error, sent.yes, 'idempotent');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(storableJson(text));
  } catch {
    return undefined;
  }
}
