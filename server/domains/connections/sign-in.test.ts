import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Db } from '@/db/client';
import { connections, grants, oauthClients, oauthStates } from '@/db/schema';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { identify } from '@/server/connectors/host/call';
import {
  guardedAgent,
  guardedTransport,
  type Transport,
  type WireRequest,
  type WireResponse,
} from '@/server/connectors/host/transport';
import { log } from '@/server/foundation/log';
import { isPublicAddress, type SafeFetchNetwork } from '@/server/foundation/safe-fetch';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World, withRole } from '@/tests/support/world';
import { callPlatform } from './call-platform';
import { completeConnection } from './complete-connection';
import { disconnect } from './disconnect';
import { setTransport } from './load-target';
import { availablePlatforms, listConnections } from './queries';
import { findExpiring, refreshGrant } from './refresh-connections';
import { signInWithFields } from './sign-in';
import { startConnection } from './start-connection';
import { visited } from './test-platforms';

vi.mock('@/server/connectors/generated/ids', async (original) => {
  const { PLATFORM_IDS } = await original<{ PLATFORM_IDS: readonly string[] }>();
  return { PLATFORM_IDS: [...PLATFORM_IDS, 'keyed', 'visited', 'scattered', 'byhand'] };
});
vi.mock('@/server/connectors/generated/faces', async (original) => ({
  faces: {
    ...(await original<{ faces: object }>()).faces,
    ...(await import('./test-platforms')).TEST_MANIFESTS,
  },
}));
vi.mock('@/server/connectors/generated/manifests', async (original) => ({
  manifests: {
    ...(await original<{ manifests: object }>()).manifests,
    ...(await import('./test-platforms')).TEST_MANIFESTS,
  },
}));
vi.mock('@/server/connectors/generated/connectors', async (original) => ({
  connectors: {
    ...(await original<{ connectors: object }>()).connectors,
    ...(await import('./test-platforms')).TEST_CONNECTORS,
  },
}));

const named = (id: string) => id as PlatformId;
const KEY = '4711:good-key-of-the-bot';
const PASSWORD = 'the right password of mira';

let db: Db;
let w: World;
let seen: WireRequest[];
let lines: string[];
/** Tokens that the stand-ins accept, and clients that the servers registered, by server. */
let good: Set<string>;
let clients: Map<string, string>;
let count: number;

/** The public internet of these tests, in which the name of one server leads inside. */
const WORLD: SafeFetchNetwork = {
  resolve: async () => [{ address: '10.0.0.5', family: 4 }],
  isPublic: isPublicAddress,
  ports: [],
};
const guarded = guardedTransport(WORLD, () => guardedAgent(WORLD));

const json = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const refused = (text = 'no') => json(401, { refused: text });
const issue = () => {
  const pair = { access: `access-token-${++count}`, refresh: `refresh-token-${count}` };
  good.add(pair.access).add(pair.refresh);
  return pair;
};

/** Answers for every platform and server. */
const internet: Transport = async (wire) => {
  seen.push(wire);
  const { hostname, pathname } = new URL(wire.url);
  if (hostname === 'inside.test') return guarded(wire);
  wire.onSent();
  const token = wire.headers.authorization?.replace('Bearer ', '') ?? '';
  const body = typeof wire.body === 'string' ? wire.body : '';
  if (hostname === 'api.keyed.test')
    return pathname === `/bot${KEY}/me`
      ? json(200, { id: 'k1', name: 'The bot' })
      : refused(`The key in ${wire.url} is not valid`);
  if (hostname === 'byhand.test') return wire.headers.authorization ? refused() : json(200, {});
  switch (pathname) {
    case '/api/open':
      return JSON.parse(body).password === PASSWORD ? json(200, issue()) : refused(body);
    case '/api/renew':
      return good.delete(token) ? json(200, issue()) : refused();
    case '/api/me':
      return good.has(token) ? json(200, { id: 'mira', name: `Mira on ${hostname}` }) : refused();
    case '/api/apps': {
      if (hostname === 'closed.test') return json(403, { error: 'No new apps' });
      const client = { client_id: `client-${++count}`, client_secret: `secret-of-the-client-${count}` };
      clients.set(hostname, `${client.client_id} ${client.client_secret}`);
      return json(200, client);
    }
    case '/oauth/token': {
      const form = new URLSearchParams(body);
      if (clients.get(hostname) !== `${form.get('client_id')} ${form.get('client_secret')}`)
        return json(401, { error: 'invalid_client' });
      if (form.get('code') !== `code-of-${hostname}`) return json(400, { error: 'invalid_grant' });
      return json(200, { access_token: issue().access, token_type: 'bearer' });
    }
    case '/oauth/revoke':
      good.delete(new URLSearchParams(body).get('token') ?? '');
      return json(200, {});
    default:
      return pathname.startsWith('/api/posts/') && good.has(token) ? json(200, {}) : refused();
  }
};

beforeAll(async () => {
  db = await freshDb();
});
afterAll(async () => {
  setTransport(undefined);
  await db.close();
});
beforeEach(async () => {
  w = await createWorld(db, { plan: 'agency' });
  seen = [];
  lines = [];
  good = new Set();
  clients = new Map();
  count = 0;
  setTransport(internet);
  await db.asSystem((tx) => tx.delete(oauthClients));
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    vi.spyOn(log(), level).mockImplementation(
      (...parts: unknown[]) => void lines.push(JSON.stringify(parts)),
    );
});
afterEach(() => vi.restoreAllMocks());

const rowOf = async (id: string | undefined) =>
  (
    await db.asSystem((tx) =>
      tx
        .select()
        .from(connections)
        .where(eq(connections.id, id ?? '')),
    )
  )[0];
const grantOf = async (id: string | undefined) => {
  const grantId = (await rowOf(id))?.grantId ?? '';
  return (await db.asSystem((tx) => tx.select().from(grants).where(eq(grants.id, grantId))))[0];
};
const signIn = (
  platform: string,
  values: Record<string, string>,
  more: { server?: string; connectionId?: string } = {},
) => signInWithFields(w.ctx, { platform: named(platform), values, ...more });
const removePost = (connectionId: string) =>
  callPlatform({ ctx: w.ctx, connectionId, capability: 'remove', input: { remoteId: '1' } });
/** Everything that is stored or logged. */
const kept = async () =>
  JSON.stringify([
    lines,
    await db.asSystem((tx) => tx.select().from(connections)),
    await db.asSystem((tx) => tx.select().from(grants)),
    await db.asSystem((tx) => tx.select().from(oauthClients)),
    await db.asSystem((tx) => tx.select().from(oauthStates)),
  ]);

describe('a key that the user enters', () => {
  it('is checked with the platform, stored only sealed, and used in the address', async () => {
    const done = await signIn('keyed', { key: `  ${KEY} `, channel: '@mira' });
    expect(done).toMatchObject({ code: 'connected' });
    expect(await rowOf(done.connectionIds[0])).toMatchObject({
      remoteId: 'k1',
      remoteName: 'The bot',
      remote: { channel: '@mira' },
      credentials: null,
    });
    expect(await grantOf(done.connectionIds[0])).toMatchObject({ accessExpiresAt: null, server: '' });
    expect(await kept()).not.toContain(KEY);
    expect(seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      [`https://api.keyed.test/bot${KEY}/me`, undefined],
    ]);
    // Again, it renews the same account.
    expect(await signIn('keyed', { key: KEY, channel: '@mira' })).toMatchObject({
      code: 'renewed',
      connectionIds: done.connectionIds,
    });
  });

  it('that the platform refuses connects nothing, and is neither logged nor shown', async () => {
    const wrong = '4711:wrong-key-of-a-bot';
    expect(await signIn('keyed', { key: wrong, channel: '@mira' })).toEqual({
      code: 'values_refused',
      connectionIds: [],
    });
    expect(lines.join()).toContain('sign-in failed');
    expect(await kept()).not.toContain(wrong);
    expect(await listConnections(w.ctx)).toEqual([]);
  });

  it('that cannot be right is refused at its field, before the platform is asked', async () => {
    const error = await signIn('keyed', { key: 'no key', channel: 'x'.repeat(61) }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'invalid' });
    const { fields } = error as { fields: Record<string, unknown> };
    expect(fields['values.key']).toSay('This does not look right. It should look like 4711:AAF-….');
    expect(fields['values.channel']).toSay(/longer than 60 characters/);
    await expect(signIn('keyed', {})).rejects.toMatchObject({
      fields: { 'values.key': expect.anything(), 'values.channel': expect.anything() },
    });
    expect(seen).toEqual([]);
  });

  it('can be tried only so often', async () => {
    const attempt = () => signIn('keyed', { key: '4711:wrong-key-of-a-bot', channel: '@mira' });
    for (let i = 0; i < 20; i++) expect((await attempt()).code).toBe('values_refused');
    await expect(attempt()).rejects.toMatchObject({ code: 'rate_limited' });
    expect(seen).toHaveLength(20);
    w.clock.advance(3_600_000);
    // Only failures count, and a success does not take them back.
    for (let i = 0; i < 19; i++) expect((await attempt()).code).toBe('values_refused');
    for (let i = 0; i < 3; i++)
      expect((await signIn('keyed', { key: KEY, channel: '@mira' })).connectionIds).toHaveLength(1);
    expect((await attempt()).code).toBe('values_refused');
    await expect(attempt()).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('of another account does not replace the one that is reconnected', async () => {
    const { connectionIds } = await signIn('keyed', { key: KEY, channel: '@mira' });
    await db.asSystem((tx) =>
      tx
        .update(connections)
        .set({ remoteId: 'another' })
        .where(eq(connections.id, connectionIds[0] ?? '')),
    );
    const again = { connectionId: connectionIds[0] ?? '' };
    expect((await signIn('keyed', { key: KEY, channel: '@mira' }, again)).code).toBe('other_account');
  });

  it('is accepted from managers only, and only for platforms with such a sign-in', async () => {
    const input = { platform: named('keyed'), values: { key: KEY, channel: '@mira' } };
    await expect(signInWithFields(withRole(w.ctx, 'operator'), input)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(signIn('scattered', {}, { server: 'one.test' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(
      startConnection(w.ctx, { platform: named('keyed'), returnTo: '/connections' }),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is deleted when the account is disconnected, and the user is told where to end it', async () => {
    const { connectionIds } = await signIn('keyed', { key: KEY, channel: '@mira' });
    expect((await listConnections(w.ctx))[0]?.byHand).toMatchObject({ url: 'https://keyed.test/settings' });
    expect(await disconnect(w.ctx, { id: connectionIds[0] ?? '' })).toMatchObject({
      access: 'by_hand',
      appsPage: 'https://keyed.test/settings',
    });
    expect(await rowOf(connectionIds[0])).toMatchObject({ credentials: null, grantId: null });
    expect(await db.asWorkspace(w.workspaceId, (tx) => tx.select().from(grants))).toEqual([]);
  });
});

describe('a session', () => {
  const open = (server = 'one.test', password = PASSWORD) =>
    signIn('visited', { name: 'mira', password }, { server });

  it('is opened on the server that the user names, and its password is not kept', async () => {
    const done = await open('https://One.test/@mira');
    expect(done.code).toBe('connected');
    expect(await rowOf(done.connectionIds[0])).toMatchObject({
      server: 'https://one.test',
      remoteName: 'Mira on one.test',
    });
    expect(await kept()).not.toContain(PASSWORD);
    expect(await kept()).not.toContain('access-token-1');
    expect(await removePost(done.connectionIds[0] ?? '')).toEqual({ removed: true });
  });

  it('is renewed when it has ended, and by the server that opened it', async () => {
    const id = (await open()).connectionIds[0] ?? '';
    w.clock.advance(2 * 3_600_000);
    expect(await removePost(id)).toEqual({ removed: true });
    expect(seen.slice(-2).map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['https://one.test/api/renew', 'Bearer refresh-token-1'],
      ['https://one.test/api/posts/1', 'Bearer access-token-2'],
    ]);
    // The server may also end it before its time.
    good.delete('access-token-2');
    expect(await removePost(id)).toEqual({ removed: true });
    expect(await rowOf(id)).toMatchObject({ status: 'active' });
    expect(await kept()).not.toMatch(/(access|refresh)-token-/);
  });

  it('is renewed before it ends, and by the server that opened it', async () => {
    const id = (await open()).connectionIds[0] ?? '';
    const { id: grantId = '' } = (await grantOf(id)) ?? {};
    w.clock.advance(50 * 60_000);
    expect(await findExpiring({ db, clock: w.clock })).toContainEqual({
      workspaceId: w.workspaceId,
      grantId,
    });
    expect(await refreshGrant({ ctx: w.ctx, grantId })).toBe('renewed');
    expect(seen.at(-1)?.url).toBe('https://one.test/api/renew');
    expect(await grantOf(id)).toMatchObject({
      server: 'https://one.test',
      accessExpiresAt: new Date(w.clock.now().getTime() + 3_600_000),
    });
  });

  it('that the server no longer renews has ended, until the user enters the password again', async () => {
    const id = (await open()).connectionIds[0] ?? '';
    good.clear();
    await expect(removePost(id)).rejects.toMatchObject({ kind: 'reauth' });
    expect(await rowOf(id)).toMatchObject({ status: 'needs_reconnect' });
    // The server is not asked for again.
    const again = await signIn('visited', { name: 'mira', password: PASSWORD }, { connectionId: id });
    expect(again).toEqual({ code: 'renewed', connectionIds: [id] });
    expect(await removePost(id)).toEqual({ removed: true });
  });

  it('is not opened with a wrong password, which is in no log', async () => {
    expect((await open('one.test', 'a wrong password of mira')).code).toBe('values_refused');
    expect(await kept()).not.toContain('a wrong password');
  });

  it('keeps the accounts of two servers apart', async () => {
    const ids = [(await open('one.test')).connectionIds[0], (await open('two.test')).connectionIds[0]];
    expect(new Set(ids).size).toBe(2);
    await removePost(ids[0] ?? '');
    await removePost(ids[1] ?? '');
    expect(seen.slice(-2).map(({ url }) => new URL(url).hostname)).toEqual(['one.test', 'two.test']);
    expect((await listConnections(w.ctx)).map(({ byHand }) => byHand?.url)).toEqual([
      'https://one.test/settings',
      'https://two.test/settings',
    ]);
  });

  it('needs a server, and a public one', async () => {
    for (const server of ['', 'no server', 'http://one.test', 'https://mira:x@one.test', 'localhost'])
      await expect(open(server)).rejects.toMatchObject({
        code: 'invalid',
        fields: { server: expect.anything() },
      });
    await expect(signIn('visited', { name: 'mira', password: PASSWORD })).rejects.toMatchObject({
      fields: { server: expect.anything() },
    });
    expect(seen).toEqual([]);
    expect(await open('inside.test')).toEqual({ code: 'server_refused', connectionIds: [] });
    expect(await kept()).not.toContain(PASSWORD);
  });

  it('is sent over the guarded connection unless a test says otherwise', async () => {
    const target = { connector: visited, environment: 'live' as const, client: null, clock: w.clock };
    const secrets = { accessToken: 'a', refreshToken: null };
    await expect(identify({ ...target, server: 'https://10.0.0.5' }, secrets)).rejects.toMatchObject({
      kind: 'transient',
      options: { vendorCode: 'not_allowed' },
    });
  });
});

describe('servers that register this installation', () => {
  const start = (server?: string, world = w) =>
    startConnection(world.ctx, {
      platform: named('scattered'),
      returnTo: '/connections',
      ...(server === undefined ? {} : { server }),
    });
  const finish = (url: string, code: string, world = w) =>
    completeConnection({
      ctx: world.ctx,
      input: {
        platform: 'scattered',
        state: new URL(url).searchParams.get('state'),
        code,
        error: null,
        server:
          new URL(new URL(url).searchParams.get('redirect_uri') ?? '').pathname.split('/callback/')[1] ?? '',
      },
    });
  const registrations = () => seen.filter(({ url }) => url.endsWith('/api/apps'));

  it('register once for all workspaces, and the secret is stored only sealed', async () => {
    const { url } = await start('one.test');
    expect(url).toMatch(/^https:\/\/one\.test\/oauth\/authorize\?/);
    expect(new URL(url).searchParams.get('client_id')).toBe('client-1');
    expect(JSON.parse(String(registrations()[0]?.body))).toMatchObject({ scopes: 'read write' });
    const done = await finish(url, 'code-of-one.test');
    expect(done.code).toBe('connected');
    expect(await removePost(done.connectionIds[0] ?? '')).toEqual({ removed: true });

    const other = await createWorld(db, { plan: 'agency' });
    expect((await finish((await start('one.test', other)).url, 'code-of-one.test', other)).code).toBe(
      'connected',
    );
    expect(registrations()).toHaveLength(1);
    expect(await kept()).not.toContain('secret-of-the-client');

    // Ending the access goes to the same server, as the same client.
    expect(await disconnect(w.ctx, { id: done.connectionIds[0] ?? '' })).toMatchObject({ access: 'ended' });
    expect(seen.at(-1)?.url).toBe('https://one.test/oauth/revoke');
  });

  it('each have a client of their own', async () => {
    const [one, two] = [await start('one.test'), await start('two.test')];
    expect(registrations().map(({ url }) => url)).toEqual([
      'https://one.test/api/apps',
      'https://two.test/api/apps',
    ]);
    expect((await finish(one.url, 'code-of-one.test')).code).toBe('connected');
    expect((await finish(two.url, 'code-of-two.test')).code).toBe('connected');
    expect((await listConnections(w.ctx)).map(({ remoteName }) => remoteName)).toEqual([
      'Mira on one.test',
      'Mira on two.test',
    ]);
  });

  it('that refuse or are not public are reported at the field', async () => {
    const problem = async (server: string) => {
      const error = await start(server).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'invalid' });
      return (error as { fields: Record<string, unknown> }).fields.server;
    };
    expect(await problem('closed.test')).toSay(/did not answer as a Scattered server/);
    expect(await problem('inside.test')).toSay(/could not find a public server/);
    await expect(start()).rejects.toMatchObject({ fields: { server: expect.anything() } });
    expect(await db.asSystem((tx) => tx.select().from(oauthClients))).toEqual([]);
  });

  it('that forgot the registration are registered with again the next time', async () => {
    const { url } = await start('one.test');
    clients.clear();
    expect((await finish(url, 'code-of-one.test')).code).toBe('installation_refused');
    const again = await start('one.test');
    expect(registrations()).toHaveLength(2);
    expect((await finish(again.url, 'code-of-one.test')).code).toBe('connected');
  });

  it('are registered with again for another redirect address', async () => {
    await start('one.test');
    await db.asSystem((tx) => tx.update(oauthClients).set({ redirectUri: 'https://old.example.com/back' }));
    await start('one.test');
    await start('one.test');
    expect(registrations()).toHaveLength(2);
  });
});

it('work by hand needs no credential', async () => {
  const done = await signIn('byhand', { shop: 'Mira’s shop' });
  expect(done.code).toBe('connected');
  expect(await rowOf(done.connectionIds[0])).toMatchObject({ remoteId: 'Mira’s shop', status: 'active' });
  expect(seen).toEqual([]);
  expect(await removePost(done.connectionIds[0] ?? '')).toEqual({ removed: true });
  expect(await disconnect(w.ctx, { id: done.connectionIds[0] ?? '' })).toMatchObject({
    access: 'ended',
    appsPage: null,
  });
});

it('tells pages how users sign in, without patterns and secrets', async () => {
  const platforms = Object.fromEntries((await availablePlatforms(w.ctx)).map((p) => [p.id as string, p]));
  expect(platforms.keyed?.signIn).toMatchObject({
    redirects: false,
    fields: [
      { id: 'key', secret: true, maxLength: 60, example: '4711:AAF-…' },
      { id: 'channel', secret: false, example: null },
    ],
    server: null,
    pages: expect.arrayContaining([
      expect.objectContaining({ environment: 'live', url: 'https://keyed.test/settings' }),
    ]),
  });
  expect(platforms.scattered?.signIn).toMatchObject({
    redirects: true,
    fields: [],
    server: { example: 'one.test' },
    pages: [],
  });
  expect(platforms.visited?.signIn).toMatchObject({ redirects: false, server: { example: 'one.test' } });
});
