import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  changePost,
  findPost,
  listPosts,
  makePost,
  numbersOf,
  react,
  removePost,
  unreact,
} from '../cores/feed';
import { bodyFields, type Ctx, json } from '../http';
import { registerApp } from '../oauth/clients';
import { snowflake } from '../random';
import { posts } from '../schema';
import type { StandIn } from '../stand-in';
import { bodyOf, redirectTo, type TestSandbox, testSandbox } from '../test-sandbox';
import { pkcePair } from '../testing';
import type { World } from '../world';
import { refuse } from './operation';
import { byCursor, byOffset, byPage, cursorAfter, cut } from './paging';
import { hostOf, idAt } from './servers';
import type { Vendor } from './vendor';

const vendor: Vendor = {
  platform: 'pond',
  problem: (_c, p) => {
    const status = {
      no_credential: 401,
      bad_credential: 401,
      no_scope: 403,
      too_many: 429,
      server_error: 500,
    };
    const code = (status as Record<string, number>)[p.is] ?? 400;
    return json({ error: p.is, ...('rule' in p ? { rule: p.rule } : {}) }, code);
  },
};
const rules = {
  platform: 'pond',
  pkce: true,
  codeSeconds: 60,
  accessSeconds: null,
  refreshSeconds: null,
  refreshable: () => true,
  keepsRefresh: true as const,
  prefix: () => '',
};

async function write(world: World, c: Ctx): Promise<Response> {
  const { text, key } = await bodyFields(c);
  if (text === '') refuse(c, vendor, { is: 'invalid', text: 'Empty' });
  const { post, repeated } = await makePost(world, c, {
    id: snowflake(c.get('now')),
    text: String(text),
    key: typeof key === 'string' ? key : null,
    visibility: c.req.query('unlisted') ? 'unlisted' : 'public',
  });
  return json({ id: post.id, repeated });
}

async function list(world: World, c: Ctx): Promise<Response> {
  const window = byCursor(c, { cursor: 'after', size: 'limit', standard: 2, most: 10 });
  if (!window) return json({ error: 'invalid' }, 400);
  const { account } = c.get('bearer');
  const rows = await listPosts(world, eq(posts.accountId, account.id), {
    limit: window.limit + 1,
    after: window.after,
  });
  const { shown, last } = cut(rows, window.limit);
  const numbers = await numbersOf(world, c, shown, account);
  return json({
    posts: shown.map((p) => ({ text: p.text, likes: numbers.get(p.id)?.likes })),
    next: last ? cursorAfter(last.id) : null,
  });
}

/** A network whose servers people name, with a sign-in at each, and keys made by hand. */
const pond: StandIn = {
  id: 'pond',
  name: 'Pond',
  servers: true,
  vendor,
  accounts: (host) => [
    { id: idAt(host, 1), handle: 'frog', name: `Frog of ${host}`, followers: 100 },
    { id: idAt(host, 2), handle: 'toad', name: 'Toad' },
    { id: idAt(host, 3), kind: 'channel', handle: 'croaks', name: 'Croaks', parentId: idAt(host, 1) },
  ],
  signIn: {
    rules,
    separator: ' ',
    scopes: { read: 'Read', write: 'Write' },
    describe: (_a, owned) => owned.map((one) => one.name).join(', '),
    paths: { authorize: '/oauth/authorize', token: '/oauth/token', apps: '/settings/apps' },
    tokens: {
      proofs: ['form'],
      refreshSwitch: 'pondRefreshes',
      more: ({ accountId }) => ({ account: accountId, scope: undefined }),
      stranger: [401, 'invalid_client', 'unknown'],
      refusals: {
        code: ['invalid_grant', 'code'],
        verifier: ['invalid_grant', 'verifier'],
        redirect: ['invalid_grant', 'redirect'],
        refresh: ['invalid_grant', 'refresh'],
      },
      otherGrant: 'other',
    },
    revocation: {
      operation: 'revoke',
      path: '/oauth/revoke',
      missing: 'no token',
      answer: () => json({ done: true }),
    },
    client: 'form',
  },
  keys: { noun: 'app password', path: '/settings/keys', kind: 'person', scopes: ['read', 'write'] },
  listed: { title: 'Pond', kind: 'person', link: (a) => `/@${a.handle}`, line: (a) => a.platform },
  switches: [{ key: 'pondRefreshes', initial: true, button: { on: 'No', off: 'Yes' } }],
  aliases: {
    '/c/:handle': async ({ handle }, world) =>
      (await world.settings.isOn('pondRefreshes')) ? `/${handle}` : null,
  },
  feed: {
    accounts: { person: '/:handle' },
    post: '/:id',
    handles: true,
    numbers: { likes: 'likes' },
  },
  apis: [
    {
      at: '/api',
      credential: [
        { in: 'bearer' },
        { in: 'basic' },
        { in: 'header', name: 'x-key' },
        { in: 'query', name: 'key' },
        { in: 'body', name: 'secret' },
      ],
      rate: [
        { limit: 3, windowSeconds: 60 },
        { name: 'hour', limit: 5, windowSeconds: 3_600, per: 'app' },
      ],
      rateHeaders: ({ own, hour }) => ({
        'x-left': String(own?.remaining),
        'x-left-hour': String(hour?.remaining),
      }),
      operations: [
        {
          operation: 'me',
          method: 'GET',
          path: '/me',
          handle: (_w, c) => json({ host: hostOf(c.get('realm')), id: c.get('bearer').account.id }),
        },
        { operation: 'write', method: 'POST', path: '/posts', scopes: ['write'], handle: write },
      ],
    },
    {
      at: '/api',
      credential: { in: 'bearer' },
      rate: [],
      operations: [
        { operation: 'list', method: 'GET', path: '/posts', scopes: ['read'], handle: list },
        {
          operation: 'register',
          method: 'POST',
          path: '/apps',
          open: true,
          handle: async (world, c) =>
            json(
              await registerApp(world, c, {
                name: 'Tributary',
                redirectUris: [world.redirectUri('pond')],
                scopes: 'read write',
              }),
            ),
        },
        {
          operation: 'paging',
          method: 'GET',
          path: '/paging',
          open: true,
          handle: (_w, c) => {
            const o = { size: 'size', standard: 20, most: 50 };
            return json([byOffset(c, { ...o, offset: 'offset' }), byPage(c, { ...o, page: 'page' })]);
          },
        },
      ],
    },
    {
      credential: { in: 'path', param: 'bot', prefix: 'bot' },
      rate: [],
      operations: [
        {
          operation: 'getMe',
          method: 'GET',
          path: '/:bot{bot.+}/getMe',
          handle: (_w, c) => json({ id: c.get('bearer').account.id }),
        },
      ],
    },
  ],
};

let s: TestSandbox;
beforeAll(async () => {
  s = await testSandbox({}, [pond]);
});
afterAll(() => s.db.close());
beforeEach(() => s.control('/reset'));

const A = '/pond/a.example';
const B = '/pond/b.example:8443';
const register = async (base: string) =>
  (await bodyOf(await s.call('POST', `${base}/api/apps`))) as { clientId: string; clientSecret: string };
const signIn = async (server: string, scopes = ['read', 'write']) =>
  s.tokens('pond', 'frog', scopes, { server, client: await register(`/pond/${server}`) });

describe('servers that people name', () => {
  it('have accounts, apps and tokens of their own', async () => {
    const { accessToken: a } = await signIn('a.example');
    const { accessToken: b } = await signIn('b.example:8443');
    const me = async (base: string, token: string) => {
      const answer = await s.call('GET', `${base}/api/me`, { token });
      return [answer.status, (await bodyOf(answer)).host];
    };
    expect(await me(A, a)).toEqual([200, 'a.example']);
    expect(await me(B, b)).toEqual([200, 'b.example:8443']);
    expect((await me(B, a))[0]).toBe(401);
    expect(idAt('a.example', 1)).not.toBe(idAt('b.example', 1));
    // An app of one server is unknown at the other.
    await expect(
      s.tokens('pond', 'frog', ['read'], { server: 'a.example', client: await register(B) }),
    ).rejects.toThrow('no code: 400');
    // Ending all access of the platform ends it everywhere; that of one server only there.
    await s.control('/revoke', { platform: 'pond/a.example', account: 'frog' });
    expect([(await me(A, a))[0], (await me(B, b))[0]]).toEqual([401, 200]);
    await s.control('/revoke', { platform: 'pond' });
    expect((await me(B, b))[0]).toBe(401);
  });

  it('show their own pages, and one with an invalid name cannot be reached', async () => {
    const html = async (path: string) => (await s.call('GET', path)).text();
    expect(await html(A)).toContain('Frog of a.example');
    expect(await html(A)).not.toContain('b.example');
    await html(B);
    expect(await html('/pond')).toContain('Frog of b.example:8443');
    expect(await html(`${A}/frog`)).toContain('Nothing is posted yet');
    expect((await s.call('GET', '/pond/nowhere/api/me')).status).toBe(404);
    await expect(s.call('GET', '/pond/gone.invalid/api/me')).rejects.toThrow('fetch failed');
  });

  it('keep a refresh token that is used, where the platform does', async () => {
    const client = await register(A);
    const { refreshToken } = await s.tokens('pond', 'frog', ['read'], { server: 'a.example', client });
    const form = {
      grant_type: 'refresh_token',
      refresh_token: refreshToken ?? '',
      client_id: client.clientId,
      client_secret: client.clientSecret,
    };
    for (let i = 0; i < 2; i++) {
      const answer = await bodyOf(await s.call('POST', `${A}/oauth/token`, { form }));
      expect(answer).not.toHaveProperty('refresh_token');
      expect((await s.call('GET', `${A}/api/me`, { token: answer.access_token })).status).toBe(200);
    }
    const wrong = { ...form, client_secret: 'wrong' };
    expect((await s.call('POST', `${A}/oauth/token`, { form: wrong })).status).toBe(401);
  });

  it('issue no refresh token without the switch for it, and have fields of their own', async () => {
    const client = await register(A);
    const signIn = () => s.tokens('pond', 'frog', ['read'], { server: A.slice('/pond/'.length), client });
    expect(await signIn()).toMatchObject({ refreshToken: expect.any(String), scopes: '' });
    await s.control('/settings', { pondRefreshes: false });
    expect(await signIn()).toMatchObject({ refreshToken: null });
  });

  it('end access at the request of the app that has it', async () => {
    const client = await register(A);
    const { accessToken } = await s.tokens('pond', 'frog', ['read'], {
      server: A.slice('/pond/'.length),
      client,
    });
    const revoke = (form: Record<string, string>) => s.call('POST', `${A}/oauth/revoke`, { form });
    const app = { client_id: client.clientId, client_secret: client.clientSecret };
    expect((await revoke({ ...app, client_secret: 'wrong', token: accessToken })).status).toBe(401);
    expect(await bodyOf(await revoke(app))).toMatchObject({ error_description: 'no token' });
    expect((await s.call('GET', `${A}/api/me`, { token: accessToken })).status).toBe(200);
    for (let i = 0; i < 2; i++)
      expect(await bodyOf(await revoke({ ...app, token: accessToken }))).toEqual({ done: true });
    expect((await s.call('GET', `${A}/api/me`, { token: accessToken })).status).toBe(401);
  });

  it('have other addresses that lead to their pages', async () => {
    const led = await s.call('GET', `${A}/c/frog`);
    expect([led.status, led.headers.get('location')]).toEqual([302, `/sandbox${A}/frog`]);
    await s.control('/settings', { pondRefreshes: false });
    expect((await s.call('GET', `${A}/c/frog`)).status).toBe(404);
  });

  it('show what an account owns when it signs in', async () => {
    const { clientId } = await register(A);
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectTo('pond'),
      scope: 'read',
      state: 's',
      code_challenge: pkcePair().challenge,
      code_challenge_method: 'S256',
    });
    const shown = await (await s.call('GET', `${A}/oauth/authorize?${query}`)).text();
    expect(shown).toContain('Croaks');
    expect(shown).toContain(`action="/sandbox${A}/oauth/authorize"`);
  });
});

describe('credentials', () => {
  it('are a key made by hand, in any of the declared places', async () => {
    const key = await s.key('pond/a.example', 'frog');
    const basic = (user: string) => ({
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${key.replace(/^(....)/, '$1 ')}`).toString('base64')}`,
      },
    });
    const status = async (path: string, o = {}) => (await s.call('GET', `${A}${path}`, o)).status;
    const places = [
      await status('/api/me', { token: key }),
      await status('/api/me', basic('Frog')),
      await status('/api/me', basic('toad')),
    ];
    expect(places).toEqual([200, 200, 401]);
    await s.control('/limits', { operation: 'pond.me', limit: 100, windowSeconds: 60 });
    await s.control('/limits', { operation: 'pond.hour', limit: 100, windowSeconds: 60 });
    expect(await status('/api/me', { headers: { 'x-key': key } })).toBe(200);
    expect(await status(`/api/me?key=${key}`)).toBe(200);
    expect(await status(`/bot${key}/getMe`)).toBe(200);
    expect(await status('/botwrong/getMe')).toBe(401);
    expect(await status('/api/me')).toBe(401);
    const form = { text: 'By a form', secret: key };
    expect((await s.call('POST', `${A}/api/posts`, { form })).status).toBe(200);
  });

  it('are made and ended on a page', async () => {
    const path = `${A}/settings/keys`;
    expect(await (await s.call('GET', path)).text()).toContain('Frog of a.example');
    const form = { account: idAt('a.example', 1) };
    const key = /<code>([^<]+)<\/code>/.exec(await (await s.call('POST', path, { form })).text())?.[1] ?? '';
    expect((await s.call('GET', `${A}/api/me`, { token: key })).status).toBe(200);
    await s.call('POST', path, { form: { ...form, end: 'true' } });
    expect((await s.call('GET', `${A}/api/me`, { token: key })).status).toBe(401);
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await s.call('POST', path, { form, headers })).status).toBe(403);
  });

  it('need every scope of the operation', async () => {
    const { accessToken: token } = await signIn('a.example', ['read']);
    const answer = await s.call('POST', `${A}/api/posts`, { token, json: { text: 'no' } });
    expect([answer.status, await bodyOf(answer)]).toEqual([403, { error: 'no_scope' }]);
  });
});

it('limits are counted for each operation and account, or under their own name, in the vendor’s headers', async () => {
  const key = await s.key('pond/a.example', 'frog');
  const other = await s.key('pond/a.example', 'toad');
  const call = async (token: string) => {
    const answer = await s.call('GET', `${A}/api/me`, { token });
    return [answer.status, answer.headers.get('x-left'), answer.headers.get('x-left-hour')];
  };
  expect([await call(key), await call(key), await call(key)]).toEqual([
    [200, '2', '4'],
    [200, '1', '3'],
    [200, '0', '2'],
  ]);
  expect(await bodyOf(await s.call('GET', `${A}/api/me`, { token: key }))).toEqual({
    error: 'too_many',
    rule: null,
  });
  expect(await call(other)).toEqual([200, '2', '0']);
  expect(await bodyOf(await s.call('GET', `${A}/api/me`, { token: other }))).toEqual({
    error: 'too_many',
    rule: 'hour',
  });
});

describe('posts', () => {
  it('are listed by cursor, and one with a used key is not made again', async () => {
    const token = await s.key('pond/a.example', 'frog');
    const post = async (text: string, key?: string) =>
      bodyOf(await s.call('POST', `${A}/api/posts`, { token, json: { text, key } }));
    const empty = await s.call('POST', `${A}/api/posts`, { token, json: { text: '' } });
    expect([empty.status, empty.headers.get('x-left')]).toEqual([400, '2']);
    await s.control('/limits', { operation: 'pond.write', limit: 100, windowSeconds: 60 });
    await s.control('/limits', { operation: 'pond.hour', limit: 100, windowSeconds: 60 });
    const first = await post('one', 'k1');
    expect(await post('one again', 'k1')).toEqual({ id: first.id, repeated: true });
    s.clock.advance(60_000);
    await post('two');
    await post('three');
    const page = async (after = '') =>
      bodyOf(await s.call('GET', `${A}/api/posts?${after ? `after=${after}` : ''}`, { token }));
    await changePost(s.handler.world, first.id, { text: 'one, changed' });
    const one = await page();
    const two = await page(one.next);
    expect([...one.posts, ...two.posts].map((p: { text: string }) => p.text).sort()).toEqual([
      'one, changed',
      'three',
      'two',
    ]);
    expect(two).toMatchObject({ posts: [{ text: 'one, changed' }], next: null });
    expect((await s.call('GET', `${A}/api/posts?after=%20`, { token })).status).toBe(400);
    const { world } = s.handler;
    await removePost(world, first.id, s.clock.now());
    expect(await findPost(world, 'pond/a.example', first.id)).toBeUndefined();
    s.clock.advance(60_000);
    expect((await post('one', 'k1')).repeated).toBe(false);
  });

  it('count the likes and reposts of the accounts here once', async () => {
    const token = await s.key('pond/a.example', 'frog');
    const { id } = await bodyOf(await s.call('POST', `${A}/api/posts`, { token, json: { text: 'liked' } }));
    const { world } = s.handler;
    const likes = async () =>
      (await bodyOf(await s.call('GET', `${A}/api/posts`, { token }))).posts[0].likes as number;
    expect(await react(world, 'like', idAt('a.example', 2), id, s.clock.now())).toBe(true);
    expect(await react(world, 'like', idAt('a.example', 2), id, s.clock.now())).toBe(false);
    expect(await likes()).toBe(1);
    expect(await unreact(world, 'like', idAt('a.example', 2), id)).toBe(true);
    expect(await likes()).toBe(0);
  });

  it('that are unlisted have a page, but are not on the timeline', async () => {
    const token = await s.key('pond/a.example', 'frog');
    const { id } = await bodyOf(
      await s.call('POST', `${A}/api/posts?unlisted=1`, { token, json: { text: 'Only with the address' } }),
    );
    expect(await (await s.call('GET', `${A}/frog`)).text()).not.toContain('Only with the address');
    expect(await (await s.call('GET', `${A}/frog/${id}`)).text()).toContain('Only with the address');
  });
});

it('parts of a list are read by offset or page, within the limits', async () => {
  const read = async (query: string) => bodyOf(await s.call('GET', `${A}/api/paging?${query}`));
  expect(await read('')).toEqual([
    { limit: 20, offset: 0 },
    { limit: 20, page: 1, offset: 0 },
  ]);
  expect(await read('size=10&offset=5&page=3')).toEqual([
    { limit: 10, offset: 5 },
    { limit: 10, page: 3, offset: 20 },
  ]);
  expect(await read('size=51')).toEqual([null, null]);
  expect(await read('offset=-1&page=0')).toEqual([null, null]);
});
