import { createHash, randomBytes } from 'node:crypto';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { standIns } from './generated/stand-ins';
import type { SandboxHandler } from './handler';

type Fetcher = (request: Request) => Promise<Response>;

export interface AuthorizeOptions {
  /** Handle of the simulated account that approves. */
  account: string;
  redirectUri: string;
  state: string;
  scopes: string[];
  codeChallenge?: string;
  decision?: 'approve' | 'refuse';
  /** Host of the server, where people name one, and the app that is registered there. */
  server?: string;
  client?: { clientId: string; clientSecret: string };
  /** Address of the sandbox. Only its path matters to a handler. */
  base?: string;
}

function signInOf(handler: Fetcher, platform: string) {
  // A handler knows its own stand-ins; any other function stands for all of them.
  const { world } = handler as Partial<SandboxHandler>;
  const { signIn } = (world?.standIns ?? standIns).find(({ id }) => id === platform) ?? {};
  if (!signIn) throw new Error(`The stand-in ${platform} has no sign-in`);
  return { ...signIn, at: signIn.sample ?? signIn.paths };
}

/** Goes through the consent page as a user would, and returns where the browser is redirected, with the code or the error. */
export async function authorize(
  handler: Fetcher,
  platform: string,
  o: AuthorizeOptions,
): Promise<{
  location: URL | null;
  code: string | null;
  state: string | null;
  error: string | null;
  response: Response;
}> {
  const { separator, at } = signInOf(handler, platform);
  const params = new URLSearchParams({
    response_type: 'code',
    client_id: (o.client ?? sandboxClient(platform)).clientId,
    redirect_uri: o.redirectUri,
    scope: o.scopes.join(separator),
    state: o.state,
    ...(o.codeChallenge ? { code_challenge: o.codeChallenge, code_challenge_method: 'S256' } : {}),
  });
  const url = `${o.base ?? 'http://sandbox.test'}/${platform}${o.server ? `/${o.server}` : ''}${at.authorize}`;
  const shown = await handler(new Request(`${url}?${params}`));
  if (shown.status !== 200) return outcome(shown);
  params.set('account', o.account);
  params.set('decision', o.decision ?? 'approve');
  return outcome(
    await handler(
      new Request(url, {
        method: 'POST',
        body: params,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    ),
  );
}

function outcome(response: Response) {
  const to = response.headers.get('location');
  const location = to ? new URL(to) : null;
  return {
    location,
    code: location?.searchParams.get('code') ?? null,
    state: location?.searchParams.get('state') ?? null,
    error: location?.searchParams.get('error') ?? null,
    response,
  };
}

/** Creates a verifier and its S256 challenge. */
export function pkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export interface TestTokens {
  accessToken: string;
  refreshToken: string | null;
  scopes: string;
}

/** Obtains tokens for a simulated account without a browser, by consent and exchange. */
export async function obtainTokens(
  handler: Fetcher,
  platform: string,
  o: Pick<AuthorizeOptions, 'account' | 'redirectUri' | 'scopes' | 'base' | 'server' | 'client'>,
): Promise<TestTokens> {
  const signIn = signInOf(handler, platform);
  const { verifier, challenge } = pkcePair();
  const { code, response } = await authorize(handler, platform, {
    ...o,
    state: 'test-state',
    ...(signIn.rules.pkce ? { codeChallenge: challenge } : {}),
  });
  if (!code) throw new Error(`The sandbox returned no code: ${response.status} ${await response.text()}`);
  const base = o.base ?? 'http://sandbox.test';
  const { clientId, clientSecret } = o.client ?? sandboxClient(platform);
  const form = {
    ...(signIn.client === 'form' ? { client_secret: clientSecret } : {}),
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: o.redirectUri,
    code,
    code_verifier: verifier,
  };
  const address = `${base}/${platform}${o.server ? `/${o.server}` : ''}${signIn.at.token}`;
  const request =
    signIn.client === 'query'
      ? new Request(
          `${address}?${new URLSearchParams({ client_id: clientId, client_secret: clientSecret, redirect_uri: o.redirectUri, code })}`,
        )
      : new Request(address, {
          method: 'POST',
          body: new URLSearchParams(form),
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            ...(signIn.client === 'basic'
              ? { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` }
              : {}),
          },
        });
  const answer = await handler(request);
  if (!answer.ok) throw new Error(`The sandbox returned no token: ${answer.status} ${await answer.text()}`);
  const body = (await answer.json()) as Record<string, string | undefined>;
  return {
    accessToken: body.access_token ?? '',
    refreshToken: body.refresh_token ?? null,
    scopes: body.scope ?? '',
  };
}
