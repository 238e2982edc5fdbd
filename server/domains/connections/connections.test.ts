import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { connections, oauthStates } from '@/db/schema';
import { faces } from '@/server/connectors/faces';
import type { WireRequest } from '@/server/connectors/host/transport';
import type { Face } from '@/server/connectors/kit/face';
import { env } from '@/server/foundation/env';
import type { SandboxHandler } from '@/server/sandbox/handler';
import { actingAs, createWorld, type World, withRole } from '@/tests/support/world';
import { callPlatform } from './call-platform';
import { checkConnection } from './check-connection';
import { completeConnection } from './complete-connection';
import { disconnect } from './disconnect';
import { availablePlatforms, listConnections } from './queries';
import { returnToSchema } from './schemas';
import { startConnection } from './start-connection';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox, consent } from './testing';

let bench: Bench;
let db: Db;
let world: World;
let handler: SandboxHandler;
let seen: WireRequest[];
let row: Bench['row'];

beforeAll(async () => {
  bench = await connectionsBench();
  ({ db, world, handler, seen, row } = bench);
});
afterAll(() => bench.close());

const start = (w: World, platform: 'x' | 'facebook' | 'etsy' = 'x') =>
  startConnection(w.ctx, { platform, environment: 'sandbox', returnTo: '/onboarding/platforms' });

describe('connecting', () => {
  it('connects X, publishes, finds the post and removes it', async () => {
    const done = await connectSandbox(handler, world.ctx, 'x', 'mira_draws');
    expect(done).toMatchObject({ code: 'connected', returnTo: '/connections' });
    const connectionId = done.connectionIds[0] ?? '';
    const input = {
      text: 'Tea & <cake> 茶 for everyone',
      link: 'https://example.com/a/',
      idempotencyKey: 'k',
    };
    let sent = 0;
    const published = await callPlatform({
      ctx: world.ctx,
      connectionId,
      capability: 'publish',
      input,
      beforeEffect: () => sent++,
    });
    expect(sent).toBe(1);
    expect(published.permalink).toContain(`/sandbox/x/mira_draws/status/${published.remoteId}`);
    const lookup = { ...input, since: new Date(world.clock.now().getTime() - 60_000) };
    const ask = (exclude: string[], text = input.text) =>
      callPlatform({
        ctx: world.ctx,
        connectionId,
        capability: 'lookup',
        input: { ...lookup, text, exclude },
      });
    expect(await ask([])).toEqual({ found: 'yes', post: published });
    expect(await ask([published.remoteId])).toEqual({ found: 'absent' });
    expect(await ask([], 'Another text')).toEqual({ found: 'absent' });
    const remove = () =>
      callPlatform({
        ctx: world.ctx,
        connectionId,
        capability: 'remove',
        input: { remoteId: published.remoteId },
      });
    expect(await remove()).toEqual({ removed: true });
    expect(await ask([])).toEqual({ found: 'absent' });
    await expect(
      callPlatform({
        ctx: world.ctx,
        connectionId,
        capability: 'syncSales',
        input: { cursor: null, since: new Date() },
      }),
    ).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('stores no token in plain text, and requests authorization with PKCE and an exact redirect', async () => {
    const { url } = await start(world);
    const query = new URL(url).searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('redirect_uri')).toBe(`${env().appUrl}/api/oauth/x/callback`);
    const stored = await db.asSystem((tx) => tx.select().from(oauthStates));
    expect(JSON.stringify(stored)).not.toContain(query.get('state'));
    const tokens = seen.flatMap((w) => w.headers.authorization ?? []).map((h) => h.split(' ')[1] ?? '');
    const rows = JSON.stringify(await db.asSystem((tx) => tx.select().from(connections)));
    for (const token of tokens) expect(rows).not.toContain(token);
  });

  it('connects a Facebook Page with its own token, publishes a link and finds it', async () => {
    const done = await connectSandbox(handler, world.ctx, 'facebook', 'mira.okafor');
    expect(done.code).toBe('connected');
    const connectionId = done.connectionIds[0] ?? '';
    const stored = await row(connectionId);
    expect(stored).toMatchObject({
      remoteId: '104857291638475',
      credentials: expect.stringContaining('v1.'),
    });
    // The person's own token is not needed, so it is not kept.
    expect(await bench.grant(connectionId)).toMatchObject({ credentials: null, accessExpiresAt: null });
    const input = { text: 'Read this', link: 'https://example.com/b', idempotencyKey: 'k' };
    const call = { ctx: world.ctx, connectionId };
    const published = await callPlatform({ ...call, capability: 'publish', input });
    expect(published.permalink).toContain('/sandbox/facebook/miradraws/posts/');
    const since = new Date(world.clock.now().getTime() - 60_000);
    const lookup = () =>
      callPlatform({ ...call, capability: 'lookup', input: { ...input, since, exclude: [] } });
    expect(await lookup()).toMatchObject({ found: 'yes', post: { remoteId: published.remoteId } });
    const remove = { ...call, capability: 'remove', input: { remoteId: published.remoteId } } as const;
    expect(await callPlatform(remove)).toEqual({ removed: true });
    expect(await callPlatform(remove)).toEqual({ removed: false });
    expect(await lookup()).toEqual({ found: 'absent' });
    expect(await checkConnection(world.ctx, { id: connectionId })).toMatchObject({
      ok: true,
    });
  });

  it('adds a second Page on the next sign-in', async () => {
    const done = await connectSandbox(handler, world.ctx, 'facebook', 'mira.okafor');
    expect(done.code).toBe('connected');
    expect((await row(done.connectionIds[0] ?? '')).remoteId).toBe('109238475610293');
    expect((await connectSandbox(handler, world.ctx, 'facebook', 'mira.okafor')).code).toBe('renewed');
  });

  it('renews the same account without counting it twice', async () => {
    const before = await listConnections(world.ctx);
    const done = await connectSandbox(handler, world.ctx, 'x', 'mira_draws');
    expect(done.code).toBe('renewed');
    expect(await listConnections(world.ctx)).toHaveLength(before.length);
  });
});

describe('misuse of the callback', () => {
  const finish = (w: World, params: { state: string | null; code: string | null; error?: string | null }) =>
    completeConnection({ ctx: w.ctx, input: { platform: 'x', error: null, ...params } });

  it('returns a separate code for each misuse and connects nothing', async () => {
    const w = await createWorld(db, { plan: 'pro', clock: world.clock });
    expect((await finish(w, { state: 'forged', code: 'c' })).code).toBe('unknown_state');
    expect((await finish(w, { state: null, code: 'c' })).code).toBe('unknown_state');

    const refused = await consent(handler, (await start(w)).url, 'devnotes_leo', 'refuse');
    expect(await finish(w, refused)).toMatchObject({ code: 'refused', returnTo: '/onboarding/platforms' });
    expect((await finish(w, refused)).code).toBe('used');

    const good = await consent(handler, (await start(w)).url, 'devnotes_leo');
    const other = await createWorld(db, { plan: 'pro', clock: world.clock });
    expect((await finish(other, good)).code).toBe('other_person');
    const colleague = { ...w, ctx: await actingAs(w, 'owner') };
    expect((await finish(colleague, good)).code).toBe('other_person');
    const elsewhere = { ...w, ctx: { ...w.ctx, workspaceId: other.workspaceId } };
    expect((await finish(elsewhere, good)).code).toBe('other_workspace');
    const wrong = { ctx: w.ctx, input: { ...good, platform: 'etsy' } };
    expect((await completeConnection(wrong)).code).toBe('other_platform');
    expect(
      (
        await completeConnection({
          ...wrong,
          ctx: withRole(w.ctx, 'viewer'),
          input: { ...good, platform: 'x' },
        })
      ).code,
    ).toBe('role');

    const late = await consent(handler, (await start(w)).url, 'devnotes_leo');
    w.clock.advance(15 * 60_000);
    expect((await finish(w, late)).code).toBe('expired');

    const bad = await consent(handler, (await start(w)).url, 'devnotes_leo');
    expect((await finish(w, { ...bad, code: 'not-the-code' })).code).toBe('platform_refused');
    const none = await consent(handler, (await start(w)).url, 'devnotes_leo');
    expect((await finish(w, { ...none, code: null })).code).toBe('no_code');
    expect(await listConnections(w.ctx)).toEqual([]);
  });

  it.each([
    ['x', 'oauth2/token', 404, '<html></html>', 'platform_failed'],
    ['x', 'oauth2/token', 400, '{"error":"server_error"}', 'platform_failed'],
    ['x', 'oauth2/token', 401, '{"error":"invalid_client"}', 'installation_refused'],
    ['x', 'oauth2/token', 400, '{"error":"invalid_grant"}', 'platform_refused'],
    ['facebook', 'oauth/access_token', 404, '<html></html>', 'platform_failed'],
    ['facebook', 'oauth/access_token', 400, '{"error":{"code":2,"message":"Temporary"}}', 'platform_failed'],
    ['facebook', 'oauth/access_token', 400, '{"error":{"code":101,"message":"App"}}', 'installation_refused'],
    ['facebook', 'oauth/access_token', 400, '{"error":{"code":100,"message":"Used"}}', 'platform_refused'],
  ] as const)('at %s, %s with %i %s is %s', async (platform, endpoint, status, body, code) => {
    const w = await createWorld(db, { plan: 'pro', clock: world.clock });
    const { url } = await start(w, platform);
    const good = await consent(handler, url, platform === 'x' ? 'devnotes_leo' : 'leo.sandoval');
    bench.wrap = (inner) => async (wire) => {
      if (!wire.url.includes(endpoint)) return inner(wire);
      wire.onSent();
      const type = body.startsWith('{') ? 'application/json' : 'text/html';
      return { status, headers: { 'content-type': type }, body };
    };
    try {
      expect((await completeConnection({ ctx: w.ctx, input: { ...good, platform } })).code).toBe(code);
      expect(await listConnections(w.ctx)).toEqual([]);
    } finally {
      bench.wrap = null;
    }
  });

  it('succeeds for one of two callbacks with the same state', async () => {
    const w = await createWorld(db, { plan: 'pro', clock: world.clock });
    const good = await consent(handler, (await start(w)).url, 'devnotes_leo');
    const codes = (await Promise.all([finish(w, good), finish(w, good)])).map((c) => c.code).sort();
    expect(codes).toEqual(['connected', 'used']);
  });

  it('sends the verifier that belongs to the state', async () => {
    const w = await createWorld(db, { plan: 'pro', clock: world.clock });
    const one = await consent(handler, (await start(w)).url, 'devnotes_leo');
    const two = await consent(handler, (await start(w)).url, 'devnotes_leo');
    // A code issued for another sign-in of the same user fails, because its challenge differs.
    expect((await finish(w, { state: one.state, code: two.code })).code).toBe('platform_refused');
  });

  it.each(['//evil.test', '/\\evil.test', 'https://evil.test', 'evil', '/a b', '/\t/evil.test'])(
    'does not return to %j',
    (path) => expect(returnToSchema.safeParse(path).success).toBe(false),
  );
});

describe('limits and roles', () => {
  it('checks the limit at the start and again at the end', async () => {
    const w = await createWorld(db, { plan: 'free', clock: world.clock });
    const starts = await Promise.all([start(w), start(w, 'facebook'), start(w, 'etsy')]);
    const [x, fb, etsy] = await Promise.all([
      consent(handler, starts[0].url, 'tinyplates'),
      consent(handler, starts[1].url, 'leo.sandoval'),
      consent(handler, starts[2].url, 'leosandoval'),
    ]);
    const codes = await Promise.all([
      completeConnection({ ctx: w.ctx, input: { platform: 'x', ...x } }),
      completeConnection({ ctx: w.ctx, input: { platform: 'facebook', ...fb } }),
      completeConnection({ ctx: w.ctx, input: { platform: 'etsy', ...etsy } }),
    ]);
    expect(codes.map((c) => c.code).sort()).toEqual(['connected', 'connected', 'limit']);
    await expect(start(w)).rejects.toMatchObject({ code: 'limit_reached' });
    const [first] = await listConnections(w.ctx);
    // Renewing an existing connection takes no slot, and disconnecting frees one.
    await expect(
      startConnection(w.ctx, {
        platform: first?.platform ?? 'x',
        connectionId: first?.id,
        returnTo: '/connections',
      }),
    ).resolves.toHaveProperty('url');
    await disconnect(w.ctx, { id: first?.id ?? '' });
    expect(await row(first?.id ?? '')).toMatchObject({ status: 'disconnected', credentials: null });
    await expect(start(w)).resolves.toHaveProperty('url');
  });

  it('shows an unavailable platform as such before considering the plan, and refuses both', async () => {
    const w = await createWorld(db, { plan: 'free', clock: world.clock });
    const states = Object.fromEntries((await availablePlatforms(w.ctx)).map((p) => [p.id, p.state]));
    const stateOf = ({ kind, tier }: Face) =>
      kind === 'announced' ? 'unavailable' : tier === 'free' ? 'connectable' : 'upgrade';
    expect(states).toEqual(
      Object.fromEntries(Object.entries(faces).map(([id, face]) => [id, stateOf(face)])),
    );
    expect(states).toMatchObject({ x: 'connectable', youtube: 'unavailable' });
    const input = { platform: 'youtube', returnTo: '/' } as const;
    await expect(startConnection(w.ctx, input)).rejects.toMatchObject({ code: 'limit_reached' });
    await expect(startConnection(world.ctx, input)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('requires a manager, and hides other workspaces’ connections', async () => {
    const operator = await actingAs(world, 'operator');
    await expect(startConnection(operator, { platform: 'x', returnTo: '/' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const [own] = await listConnections(world.ctx);
    const other = await createWorld(db, { clock: world.clock });
    await expect(disconnect(other.ctx, { id: own?.id ?? '' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      callPlatform({
        ctx: other.ctx,
        connectionId: own?.id ?? '',
        capability: 'remove',
        input: { remoteId: '1' },
      }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
