import fc from 'fast-check';
import { expect, test } from 'vitest';
import { etsy } from '../etsy';
import { x } from '../x';
import { exchangeCode, type Peer, refreshTokens } from './oauth';

const NOW = new Date('2026-03-02T10:00:00Z');
const peerOf = (
  { manifest }: { manifest: Peer['manifest'] },
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  status = 200,
): Peer => ({
  manifest,
  environment: 'live',
  server: null,
  client: { clientId: 'id', clientSecret: 'secret' },
  now: () => NOW,
  transport: async (request) => {
    request.onSent?.();
    return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
  },
});
const inSeconds = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const GOOD = { token_type: 'bearer', access_token: 'A', refresh_token: 'R', expires_in: 1800, scope: 'a b' };
const without = (name: keyof typeof GOOD) =>
  Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== name));

test.each([
  ['a scope of null', { ...GOOD, scope: null }, { scopes: null }],
  ['a list of scopes', { ...GOOD, scope: ['a', 'b'] }, { scopes: ['a', 'b'] }],
  ['scopes with commas', { ...GOOD, scope: 'a,b' }, { scopes: ['a', 'b'] }],
  ['no token_type', without('token_type'), {}],
  ['a token_type of null', { ...GOOD, token_type: null }, {}],
  ['an unexpected token_type', { ...GOOD, token_type: 'Bearer ' }, {}],
  ['a lifetime as a string of digits', { ...GOOD, expires_in: '1800' }, { accessExpiresAt: inSeconds(1800) }],
  // Unknown lifetimes fall back to the manifest's.
  ['a lifetime of 0', { ...GOOD, expires_in: 0 }, { accessExpiresAt: inSeconds(7200) }],
  ['no lifetime', without('expires_in'), { accessExpiresAt: inSeconds(7200) }],
  ['a lifetime of null', { ...GOOD, expires_in: null }, { accessExpiresAt: inSeconds(7200) }],
  ['a lifetime that is not a number', { ...GOOD, expires_in: 'soon' }, { accessExpiresAt: inSeconds(7200) }],
  [
    'a lifetime of the refresh token',
    { ...GOOD, refresh_token_expires_in: 86_400 },
    { refreshExpiresAt: inSeconds(86_400) },
  ],
  [
    'an odd lifetime of the refresh token',
    { ...GOOD, refresh_token_expires_in: 'x' },
    { refreshExpiresAt: null },
  ],
  ['an id_token of another type', { ...GOOD, id_token: 7 }, {}],
])(
  'the tokens of a response with %s are kept, because the old ones may be spent',
  async (_name, body, expected) => {
    expect(await refreshTokens(peerOf(x, body), 'old')).toMatchObject({
      accessToken: 'A',
      refreshToken: 'R',
      ...expected,
    });
    expect(
      await exchangeCode(peerOf(x, body), {
        code: 'c',
        state: 's',
        redirectUri: 'https://app.example.com/back',
        codeVerifier: 'v'.repeat(43),
        scopes: ['listings_r'],
      }).catch((error: unknown) => error),
    ).toMatchObject({
      accessToken: 'A',
      refreshToken: 'R',
      // What was requested was granted, if the response does not say otherwise.
      ...('scopes' in expected && expected.scopes === null ? { scopes: ['listings_r'] } : {}),
    });
  },
);

test.each([undefined, null, '', 7])(
  'the old refresh token is kept if the response has no new one (%j)',
  async (refresh_token) => {
    expect(await refreshTokens(peerOf(etsy, { ...GOOD, refresh_token }), 'old')).toMatchObject({
      accessToken: 'A',
      refreshToken: 'old',
    });
  },
);

test('a token response is accepted with any content type', async () => {
  for (const kind of ['text/json', 'text/plain', 'application/json;charset=UTF-8'])
    expect(await refreshTokens(peerOf(x, GOOD, { 'content-type': kind }), 'old')).toMatchObject({
      accessToken: 'A',
    });
});

test('any response with an access token is accepted, and any other is transient', async () => {
  const odd = fc.oneof(fc.constant(undefined), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        token_type: odd,
        refresh_token: odd,
        expires_in: odd,
        scope: odd,
        id_token: odd,
        error: odd,
      }),
      fc.oneof(fc.string({ minLength: 1 }), fc.jsonValue()),
      async (rest, access_token) => {
        const kept = refreshTokens(peerOf(x, { ...rest, access_token }), 'old');
        if (typeof access_token === 'string' && access_token !== '')
          expect((await kept).accessToken).toBe(JSON.parse(JSON.stringify(access_token)));
        else expect(await kept.catch((error: unknown) => error)).toMatchObject({ kind: 'transient' });
      },
    ),
  );
});
