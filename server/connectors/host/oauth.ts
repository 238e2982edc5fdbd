import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { fact } from '@/server/foundation/facts';
import { nearestInstant } from '@/server/foundation/inputs';
import { storableJson } from '@/server/foundation/storable';
import { type AvailableManifest, allScopes } from '../kit/manifest';
import { ConnectorFault, type Environment } from '../kit/types';
import { isPassing } from '../meta/graph-codes';
import { type Client, internalUrl, publicUrl } from './clients';
import { networkFault } from './faults';
import { safeVendorCode, type TokenRequest, tokenFault } from './token-faults';
import type { Tokens } from './tokens';
import type { Transport } from './transport';

export interface Peer {
  manifest: AvailableManifest;
  environment: Environment;
  client: Client;
  transport: Transport;
  now(): Date;
}
const TIMEOUT = 15_000;

function server({ manifest, environment }: Peer): oauth.AuthorizationServer {
  const token = internalUrl(manifest.auth.token, environment);
  return {
    issuer: new URL(token).origin,
    authorization_endpoint: publicUrl(manifest.auth.authorize, environment),
    token_endpoint: token,
    ...(manifest.auth.revoke ? { revocation_endpoint: internalUrl(manifest.auth.revoke, environment) } : {}),
  };
}

/** These platforms expect the id and secret as they are, not form-encoded (RFC 6749, 2.3.1). */
function clientAuth({ manifest, client }: Peer): oauth.ClientAuth {
  if (manifest.auth.client === 'public') return oauth.None();
  return (_as, _client, _body, headers) => {
    headers.set(
      'authorization',
      `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
    );
  };
}

/**
 * Parses a lifetime in seconds, given as a number or as digits. Returns undefined if it is missing or meaningless (0, null, other text).
 */
function lifetime(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
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
    expires_in: lifetime(answer.expires_in),
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

export interface Started {
  url: string;
  state: string;
  codeVerifier: string | null;
}

/** Builds the URL of the platform's consent page, with a fresh state and, if the platform supports it, PKCE. */
export async function startAuthorization(peer: Peer, redirectUri: string): Promise<Started> {
  const { auth } = peer.manifest;
  const state = oauth.generateRandomState();
  const codeVerifier = auth.pkce === 'S256' ? oauth.generateRandomCodeVerifier() : null;
  const url = new URL(publicUrl(auth.authorize, peer.environment));
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('client_id', peer.client.clientId);
  url.searchParams.set('redirect_uri', redirectUri);
  url.searchParams.set('scope', allScopes(auth).join(auth.scopeSeparator));
  url.searchParams.set('state', state);
  if (codeVerifier) {
    url.searchParams.set('code_challenge', await oauth.calculatePKCECodeChallenge(codeVerifier));
    url.searchParams.set('code_challenge_method', 'S256');
  }
  return { url: url.href, state, codeVerifier };
}

/** Exchanges the code of a callback for tokens. The caller has checked the state. Throws ConnectorFault. */
export async function exchangeCode(
  peer: Peer,
  grant: { code: string; state: string; redirectUri: string; codeVerifier: string | null },
): Promise<Tokens> {
  if (peer.manifest.auth.client === 'query') return exchangeByQuery(peer, grant);
  const as = server(peer);
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
    return tokensOf(peer, await oauth.processAuthorizationCodeResponse(as, client, response), null);
  });
}

/**
 * Exchanges a refresh token. Throws ConnectorFault: `reauth` if the platform reports that the grant has ended, otherwise `transient` (see
 * token-faults.ts).
 */
export async function refreshTokens(peer: Peer, refreshToken: string): Promise<Tokens> {
  const as = server(peer);
  const client = { client_id: peer.client.clientId };
  return withOAuthFaults(peer, 'refresh', async (sent) => {
    const response = await oauth.refreshTokenGrantRequest(
      as,
      client,
      clientAuth(peer),
      refreshToken,
      options(peer, sent),
    );
    return tokensOf(peer, await oauth.processRefreshTokenResponse(as, client, response), refreshToken);
  });
}

/** Revokes a token if the platform supports it. */
export async function revokeToken(peer: Peer, token: string): Promise<void> {
  if (!peer.manifest.auth.revoke) return;
  const as = server(peer);
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

function tokensOf(peer: Peer, answer: oauth.TokenEndpointResponse, spent: string | null): Tokens {
  const { auth } = peer.manifest;
  const refreshToken = answer.refresh_token ?? spent;
  return {
    accessToken: answer.access_token,
    refreshToken,
    accessExpiresAt: expiryAfter(peer, answer.expires_in ?? auth.accessLifetime),
    refreshExpiresAt: refreshToken ? expiryAfter(peer, auth.refreshLifetime) : null,
    scopes: answer.scope?.trim() ? answer.scope.trim().split(/[ ,]+/) : allScopes(auth),
  };
}

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

const graphToken = z.object({
  access_token: z.string().min(1),
  expires_in: z.unknown().optional(),
});
/** Error format of the Graph API: https://developers.facebook.com/docs/graph-api/guides/error-handling */
const graphRefusal = z.object({
  error: z.object({
    code: z.number().int(),
    error_subcode: z.number().int().optional().catch(undefined),
    message: z.string().optional().catch(undefined),
    error_user_msg: z.string().optional().catch(undefined),
    is_transient: z.boolean().optional().catch(undefined),
  }),
});
/** Meta's code for a wrong app id or secret. */
const GRAPH_CLIENT = 101;

/** Signs in to Facebook: a GET with the secret in the query, then an exchange of the short-lived token for a long-lived one. */
async function exchangeByQuery(peer: Peer, grant: { code: string; redirectUri: string }): Promise<Tokens> {
  const ask = (query: Record<string, string>) =>
    withOAuthFaults(peer, 'code', async (sent) => {
      const url = new URL(internalUrl(peer.manifest.auth.token, peer.environment));
      url.search = new URLSearchParams({
        client_id: peer.client.clientId,
        client_secret: peer.client.clientSecret,
        ...query,
      }).toString();
      const response = await peer.transport({
        url: url.href,
        method: 'GET',
        headers: { accept: 'application/json' },
        timeoutMs: TIMEOUT,
        onSent: () => {
          sent.yes = true;
        },
      });
      const said = graphRefusal.safeParse(parse(response.body)).data?.error;
      if (said && response.status >= 400) {
        throw tokenFault(peer.manifest, 'code', {
          status: response.status,
          error: isPassing(said)
            ? 'temporarily_unavailable'
            : said.code === GRAPH_CLIENT
              ? 'invalid_client'
              : 'invalid_grant',
        });
      }
      const parsed = response.status === 200 ? graphToken.safeParse(parse(response.body)) : undefined;
      if (!parsed?.success)
        throw new ConnectorFault(
          'transient',
          fact('connectors.errors.signInFailed', { platform: peer.manifest.name }),
          {
            status: response.status,
          },
        );
      return parsed.data;
    });
  const short = await ask({ redirect_uri: grant.redirectUri, code: grant.code });
  const long = peer.manifest.auth.exchange
    ? await ask({ grant_type: peer.manifest.auth.exchange, fb_exchange_token: short.access_token })
    : short;
  return {
    accessToken: long.access_token,
    refreshToken: null,
    accessExpiresAt: expiryAfter(peer, lifetime(long.expires_in)),
    refreshExpiresAt: null,
    scopes: allScopes(peer.manifest.auth),
  };
}
function parse(text: string): unknown {
  try {
    return JSON.parse(storableJson(text));
  } catch {
    return undefined;
  }
}
