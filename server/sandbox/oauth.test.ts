import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { ManualClock } from '@/server/foundation/clock';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { freshDb } from '@/tests/support/db';
import { type SandboxHandler, sandboxHandler } from './handler';
import { authorize, obtainTokens, pkcePair } from './testing';

const REDIRECT = 'http://app.test/api/oauth/x/callback';
const SCOPES = ['tweet.read', 'tweet.write', 'users.read', 'offline.access'];
const clock = new ManualClock('2026-03-02T12:00:00Z');
let db: Db;
let handler: SandboxHandler;

beforeAll(async () => {
  db = await freshDb();
  handler = sandboxHandler({
    db,
    clock,
    publicUrl: 'http://sandbox.test/sandbox',
    appUrl: 'http://app.test',
    internalAppUrl: 'http://app.test',
  });
});
afterAll(() => db.close());

const basic = () => {
  const { clientId, clientSecret } = sandboxClient('x');
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
};
const token = (form: Record<string, string>, authorization = basic()) =>
  handler(
    new Request('http://sandbox.test/sandbox/x/2/oauth2/token', {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { authorization },
    }),
  );
const me = (accessToken: string) =>
  handler(
    new Request('http://sandbox.test/sandbox/x/2/users/me', {
      headers: { authorization: `Bearer ${accessToken}` },
    }),
  );
async function approve() {
  const { verifier, challenge } = pkcePair();
  const { code, state } = await authorize(handler, 'x', {
    account: 'mira_draws',
    redirectUri: REDIRECT,
    state: 's-1',
    scopes: SCOPES,
    codeChallenge: challenge,
  });
  expect(state).toBe('s-1');
  return {
    grant_type: 'authorization_code',
    code: code ?? '',
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  };
}

describe('authorization', () => {
  it('exchanges a code once, and revokes the token if the code is reused', async () => {
    const form = await approve();
    const first = await token(form);
    expect(first.status).toBe(200);
    const body = (await first.json()) as { access_token: string; refresh_token: string; expires_in: number };
    expect(body.expires_in).toBe(7200);
    expect((await me(body.access_token)).status).toBe(200);
    const second = await token(form);
    expect(second.status).toBe(400);
    expect((await me(body.access_token)).status).toBe(401);
  });

  it('expires a code after 30 seconds and a token after 2 hours', async () => {
    const late = await approve();
    clock.advance(30_000);
    expect((await token(late)).status).toBe(400);
    const { access_token } = (await (await token(await approve())).json()) as { access_token: string };
    clock.advance(7_199_000);
    expect((await me(access_token)).status).toBe(200);
    clock.advance(1_000);
    expect((await me(access_token)).status).toBe(401);
  });

  it('refuses a wrong verifier, a different redirect URI, a wrong secret and an unknown code', async () => {
    expect((await token({ ...(await approve()), code_verifier: 'x'.repeat(43) })).status).toBe(400);
    expect((await token({ ...(await approve()), redirect_uri: `${REDIRECT}/` })).status).toBe(400);
    expect((await token({ ...(await approve()), code: 'unknown' })).status).toBe(400);
    const wrong = `Basic ${Buffer.from(`${sandboxClient('x').clientId}:wrong`).toString('base64')}`;
    expect((await token(await approve(), wrong)).status).toBe(401);
  });

  it('never redirects a browser to an unregistered address', async () => {
    const { challenge } = pkcePair();
    const o = { account: 'mira_draws', state: 's', scopes: SCOPES, codeChallenge: challenge };
    const { location, response } = await authorize(handler, 'x', { ...o, redirectUri: `${REDIRECT}?x=1` });
    expect(location).toBeNull();
    expect(response.status).toBe(400);
  });

  it('returns the user’s refusal with the state', async () => {
    const { challenge } = pkcePair();
    const { error, state, code } = await authorize(handler, 'x', {
      account: 'mira_draws',
      redirectUri: REDIRECT,
      state: 'kept',
      scopes: SCOPES,
      codeChallenge: challenge,
      decision: 'refuse',
    });
    expect({ error, state, code }).toEqual({ error: 'access_denied', state: 'kept', code: null });
  });

  it('requires PKCE with S256', async () => {
    const { error } = await authorize(handler, 'x', {
      account: 'mira_draws',
      redirectUri: REDIRECT,
      state: 's',
      scopes: SCOPES,
    });
    expect(error).toBe('invalid_request');
  });

  it('rotates refresh tokens, and revokes the family if a used one is presented again', async () => {
    const one = await obtainTokens(handler, 'x', {
      account: 'mira_draws',
      redirectUri: REDIRECT,
      scopes: SCOPES,
    });
    const refresh = (t: string | null) => token({ grant_type: 'refresh_token', refresh_token: t ?? '' });
    const two = (await (await refresh(one.refreshToken)).json()) as {
      access_token: string;
      refresh_token: string;
    };
    expect((await me(two.access_token)).status).toBe(200);
    expect((await refresh(one.refreshToken)).status).toBe(400);
    expect((await me(two.access_token)).status).toBe(401);
    expect((await refresh(two.refresh_token)).status).toBe(400);
  });

  it('issues no refresh token without offline.access, and revokes immediately', async () => {
    const t = await obtainTokens(handler, 'x', {
      account: 'tinyplates',
      redirectUri: REDIRECT,
      scopes: ['tweet.read', 'users.read'],
    });
    expect(t.refreshToken).toBeNull();
    expect((await me(t.accessToken)).status).toBe(200);
    const revoked = await handler(
      new Request('http://sandbox.test/sandbox/x/2/oauth2/revoke', {
        method: 'POST',
        body: new URLSearchParams({ token: t.accessToken }),
        headers: { authorization: basic() },
      }),
    );
    expect(await revoked.json()).toEqual({ revoked: true });
    expect((await me(t.accessToken)).status).toBe(401);
  });

  it('refuses a decision that is submitted from another site', async () => {
    const { challenge } = pkcePair();
    const response = await handler(
      new Request('http://sandbox.test/sandbox/x/i/oauth2/authorize', {
        method: 'POST',
        headers: { origin: 'http://evil.test', host: 'sandbox.test' },
        body: new URLSearchParams({
          client_id: sandboxClient('x').clientId,
          redirect_uri: REDIRECT,
          response_type: 'code',
          scope: 'tweet.read',
          state: 's',
          code_challenge: challenge,
          code_challenge_method: 'S256',
          account: 'mira_draws',
          decision: 'approve',
        }),
      }),
    );
    expect(response.status).toBe(403);
  });
});
