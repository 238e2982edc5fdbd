import { expect, test } from 'vitest';
import { NOW, ok, outcome, scripted } from '../host/testing';
import { facebook } from '.';
import { exchange } from './sign-in';

const client = { clientId: 'id', clientSecret: 'the-secret-of-the-app' };
const grant = { code: 'c', redirectUri: 'https://app.example.com/back', codeVerifier: null };

test('exchanges the code for a short-lived token, and that for a long-lived one', async () => {
  const { io, asked } = scripted(facebook, [
    ok({ access_token: 'short' }),
    ok({ access_token: 'long', expires_in: '60' }),
  ]);
  expect(await exchange(io, grant, client)).toEqual({
    accessToken: 'long',
    refreshToken: null,
    accessExpiresAt: new Date(NOW.getTime() + 60_000),
    refreshExpiresAt: null,
  });
  const [first, second] = asked.map(({ url }) => Object.fromEntries(new URL(url).searchParams));
  expect(first).toMatchObject({ client_id: 'id', code: 'c', redirect_uri: grant.redirectUri });
  expect(second).toMatchObject({ grant_type: 'fb_exchange_token', fb_exchange_token: 'short' });
});

test.each([0, '0', null, undefined, 'soon'])(
  'a token with a lifetime of %j is kept without an expiry',
  async (expires_in) => {
    const { io } = scripted(facebook, () => ok({ access_token: 'T', expires_in }));
    expect(await exchange(io, grant, client)).toMatchObject({ accessToken: 'T', accessExpiresAt: null });
  },
);

test.each([
  [101, 'App', { kind: 'transient', options: { installation: true } }],
  [2, 'Temporary', { kind: 'transient' }],
  [100, 'Used', { kind: 'rejected' }],
])('error %i (%s) is read', async (code, message, fault) => {
  const { io } = scripted(facebook, [{ status: 400, body: { error: { code, message } } }]);
  expect(await outcome(exchange(io, grant, client))).toMatchObject(fault);
});
