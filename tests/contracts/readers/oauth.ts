import { type Exchange, mediaType } from '../exchange';
import { type Contract, isObject, type Json, parseJson, readContract } from './contract';

export interface OAuthFacts {
  token_url: string;
  revoke_url?: string;
  client_auth: string;
  pkce?: string;
  access_token_ttl_s: number | null;
  refresh_token?: string;
  refresh_rotates?: boolean;
  token_format?: string;
}

/** Reads what `oauth.json` says of a platform's token and revocation address. */
export function oauth(platform: string): Contract {
  const { platforms } = readContract('oauth.json') as { platforms: Record<string, OAuthFacts> };
  const facts = platforms[platform];
  if (!facts) throw new Error(`oauth.json has no ${platform}`);
  return oauthFacts(facts);
}

/** Checks token requests by a platform's facts, and by RFC 6749 and 7009 where these say nothing. */
export function oauthFacts(facts: OAuthFacts): Contract {
  const pathOf = (url: string | undefined) => (url === undefined ? undefined : new URL(url).pathname);
  return {
    find({ path }) {
      const revokes = path === pathOf(facts.revoke_url);
      if (!revokes && path !== pathOf(facts.token_url)) return null;
      return {
        id: revokes ? 'revoke a token' : 'request a token',
        request: (exchange) => tokenRequest(facts, revokes, exchange),
        answer: (exchange) => tokenAnswer(facts, revokes, exchange),
      };
    },
  };
}

const formOf = ({ body }: Exchange) => new URLSearchParams(String(body ?? ''));

function tokenRequest(facts: OAuthFacts, revokes: boolean, exchange: Exchange): string[] {
  const wrong: string[] = [];
  if (exchange.method !== 'POST') wrong.push('must be a POST');
  if (mediaType(exchange.headers['content-type']) !== 'application/x-www-form-urlencoded')
    wrong.push('must be a form');
  const form = formOf(exchange);
  const basic = exchange.headers.authorization?.startsWith('Basic ');
  if (facts.client_auth.startsWith('basic') ? !basic : !form.get('client_id'))
    wrong.push('the client is not identified as documented');
  if (facts.client_auth.includes('no secret') && form.has('client_secret'))
    wrong.push('the secret must not be sent');
  const grants: Record<string, string[]> = {
    authorization_code: ['code', 'redirect_uri', ...(facts.pkce === 'required' ? ['code_verifier'] : [])],
    refresh_token: ['refresh_token'],
  };
  const needed = revokes ? ['token'] : grants[form.get('grant_type') ?? ''];
  if (!needed) wrong.push(`grant_type ${form.get('grant_type')} is not documented`);
  for (const field of needed ?? []) if (!form.get(field)) wrong.push(`${field} is missing`);
  return wrong;
}

function tokenAnswer(facts: OAuthFacts, revokes: boolean, exchange: Exchange): string[] {
  const parsed = parseJson(exchange.answer);
  const body: Json = isObject(parsed) ? parsed : {};
  if (exchange.status !== 200)
    return typeof body.error === 'string' ? [] : ['the response is not an error response (RFC 6749, 5.2)'];
  if (revokes) return [];
  const wrong: string[] = [];
  const { access_token: access, refresh_token: refresh } = body;
  if (typeof access !== 'string' || !/^bearer$/i.test(String(body.token_type)))
    wrong.push('the response is not a token response (RFC 6749, 5.1)');
  if (facts.access_token_ttl_s !== null && body.expires_in !== facts.access_token_ttl_s)
    wrong.push(`expires_in must be ${facts.access_token_ttl_s}`);
  if (facts.token_format?.startsWith('<user id>.') && !/^\d+\..+/.test(String(access)))
    wrong.push(`the token must be ${facts.token_format}`);
  const offline = !facts.refresh_token || String(body.scope).split(' ').includes('offline.access');
  if (offline && typeof refresh !== 'string') wrong.push('refresh_token is missing');
  if (facts.refresh_rotates && refresh !== undefined && refresh === formOf(exchange).get('refresh_token'))
    wrong.push('the refresh token must be a new one');
  if (!/no-store/.test(exchange.answerHeaders['cache-control'] ?? ''))
    wrong.push('cache-control must be no-store (RFC 6749, 5.1)');
  return wrong;
}
