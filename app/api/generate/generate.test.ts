import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { generations, ledgerTransactions, sessions } from '@/db/schema';
import type * as Providers from '@/server/domains/generation/providers';
import type { GenerationEvent } from '@/server/domains/generation/schemas';
import { type Behaviour, chatServer } from '@/server/domains/generation/testing/chat-server';
import { chooseTopics } from '@/server/domains/topics/choose-topics';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { eventually } from '@/tests/support/eventually';
import { createWorld, viewerFor, type World } from '@/tests/support/world';
import { POST } from './route';

/** The session id in the request's cookie. */
let cookie: string | undefined;
vi.mock('@/server/auth', () => ({ auth: async () => (cookie ? { sid: cookie } : null) }));
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));
// The configured provider points to a test server; it takes the id of a provider with known prices.
vi.mock('@/server/domains/generation/providers', async (real) => {
  const { providersFrom, ...rest } = await real<typeof Providers>();
  return {
    ...rest,
    providersFrom: (settings: Parameters<typeof providersFrom>[0]) =>
      providersFrom(settings).map((provider) => ({ ...provider, id: 'openai', label: 'OpenAI' })),
  };
});

let db: Db;
let world: World;
let other: World;
const servers: Awaited<ReturnType<typeof chatServer>>[] = [];
beforeAll(async () => {
  db = await freshDb();
  setDb(db);
});
afterAll(async () => {
  setDb(undefined);
  await db.close();
});
beforeEach(async () => {
  world = await createWorld(db, { plan: 'pro' });
  other = await createWorld(db, { plan: 'pro' });
  cookie = undefined;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  resetEnv();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function model(behaviour: Behaviour) {
  const server = await chatServer(behaviour);
  servers.push(server);
  vi.stubEnv('OPENAI_COMPATIBLE_BASE_URL', server.url);
  vi.stubEnv('OPENAI_COMPATIBLE_MODEL', 'gpt-4o-mini');
  resetEnv();
  return server;
}
async function signIn(as: World, role?: 'viewer' | 'operator') {
  const { userId } = await viewerFor(as, role);
  const sid = newId('session');
  const now = new Date();
  await db.asSystem((tx) =>
    tx
      .insert(sessions)
      .values({ id: sid, userId, lastSeenAt: now, expiresAt: new Date(now.getTime() + 3_600_000) }),
  );
  cookie = sid;
}
const send = (body: unknown, options: { headers?: Record<string, string>; signal?: AbortSignal } = {}) =>
  POST(
    new Request('http://localhost:3000/api/generate', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { host: 'localhost:3000', 'content-type': 'application/json', ...options.headers },
      ...(options.signal ? { signal: options.signal } : {}),
    }),
  );
const hello = { platforms: ['x'], prompt: 'Our new planner is out.', hashtags: false, emoji: false, seed: 7 };
const rows = (of: World) =>
  db.asSystem((tx) => tx.select().from(generations).where(eq(generations.workspaceId, of.workspaceId)));
const booked = (of: World) =>
  db.asSystem((tx) =>
    tx.select().from(ledgerTransactions).where(eq(ledgerTransactions.workspaceId, of.workspaceId)),
  );
const events = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as GenerationEvent);

describe('access', () => {
  it('rejects a user who is signed out or whose session has ended', async () => {
    expect((await send(hello)).status).toBe(401);
    await signIn(world);
    await db.asSystem((tx) => tx.update(sessions).set({ revokedAt: new Date() }));
    const answer = await send(hello);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated', message: 'Please sign in.' });
    expect(await rows(world)).toEqual([]);
  });

  it('rejects a viewer and a request from another site', async () => {
    await signIn(world, 'viewer');
    expect((await send(hello)).status).toBe(403);
    await signIn(world);
    for (const headers of <Record<string, string>[]>[
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      expect((await send(hello, { headers })).status).toBe(403);
    expect(await rows(world)).toEqual([]);
  });

  it('rejects a topic of another workspace as if it did not exist', async () => {
    const { topics } = await chooseTopics(other.ctx, { slugs: ['food'] });
    const topicId = topics.find((t) => t.slug === 'food')?.id;
    await signIn(world);
    const foreign = await send({ ...hello, topicId });
    const missing = await send({ ...hello, topicId: newId('topic') });
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    expect(await foreign.json()).toEqual(await missing.json());
    expect([...(await rows(world)), ...(await rows(other))]).toEqual([]);
  });
});

describe('the request', () => {
  it.each([
    ['a body that is not JSON', '{', 400],
    ['an array', '[]', 400],
    ['no platform', JSON.stringify({ platforms: [] }), 400],
    ['an unknown platform', JSON.stringify({ ...hello, platforms: ['nowhere'] }), 400],
    ['an empty prompt', JSON.stringify({ ...hello, prompt: '' }), 400],
    ['an oversized prompt', JSON.stringify({ ...hello, prompt: 'x'.repeat(70_000) }), 413],
  ])('is rejected with a readable message and stores nothing when invalid: %s', async (_, body, status) => {
    await signIn(world);
    const answer = await send(body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({
      code: expect.any(String),
      message: expect.stringMatching(/\.$/),
    });
    expect(await rows(world)).toEqual([]);
  });
});

describe('the stream', () => {
  it('sends one JSON event per line as it is generated and ends with the cost', async () => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    await model(async (reply) => {
      reply.chunk({ role: 'assistant', content: 'A planner ' });
      await held;
      reply.say('that fits in a pocket.');
    });
    await signIn(world);
    const answer = await send(hello);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    expect(answer.headers.get('cache-control')).toContain('no-store');
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = '';
    // The first words arrive before the model has finished.
    while (!text.includes('"delta"')) text += decoder.decode((await reader.read()).value, { stream: true });
    expect(text).toContain('A planner');
    expect(text).not.toContain('"done"');
    finish();
    for (let next = await reader.read(); !next.done; next = await reader.read())
      text += decoder.decode(next.value, { stream: true });
    const all = events(text);
    expect(all[0]).toEqual({ type: 'start', platforms: ['x'] });
    expect(all.find((e) => e.type === 'done')).toMatchObject({ text: 'A planner that fits in a pocket.' });
    const [row] = await rows(world);
    expect(row).toMatchObject({ outcome: 'completed', provider: 'openai', outputTokens: 20 });
    expect(row?.costMicros).toBeGreaterThan(0);
    expect(all.at(-1)).toEqual({ type: 'end', costMicros: row?.costMicros, costKnown: true });
    expect(await rows(other)).toEqual([]);
  });

  it.each(['closes the page', 'presses Stop'])(
    'stops the model when the user %s, and books the cost so far',
    async (how) => {
      const server = await model((reply) =>
        reply.chunk({ content: 'Once upon a time there was a planner ' }),
      );
      await signIn(world);
      const leave = new AbortController();
      const answer = await send(hello, { signal: leave.signal });
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
      let text = '';
      while (!text.includes('"delta"')) text += new TextDecoder().decode((await reader.read()).value);
      if (how === 'closes the page') await reader.cancel();
      else {
        leave.abort();
        while (!(await reader.read()).done);
      }
      await server.asked[0]?.closed;
      const [row, ...more] = await rows(world);
      expect(more).toEqual([]);
      expect(row).toMatchObject({ outcome: 'cancelled', provider: 'openai', model: 'gpt-4o-mini' });
      expect(row?.outputTokens).toBeGreaterThan(0);
      expect(row?.costMicros).toBeGreaterThan(0);
    },
  );

  it('charges nothing when the user leaves before the first word', async () => {
    const server = await model((reply) => reply.open());
    await signIn(world);
    const leave = new AbortController();
    const answer = await send(hello, { signal: leave.signal });
    const text = answer.text();
    await eventually(() => expect(server.asked).toHaveLength(1));
    leave.abort();
    expect(await text).not.toContain('"done"');
    expect(await rows(world)).toMatchObject([{ outcome: 'cancelled', costMicros: 0, outputTokens: 0 }]);
    expect(await booked(world)).toEqual([]);
  });
});
