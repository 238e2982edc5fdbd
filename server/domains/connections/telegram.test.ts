import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actions } from '@/db/schema';
import { resetEnv } from '@/server/foundation/env';
import { effects } from '@/server/sandbox/control/routes';
import { createWorld, type World } from '@/tests/support/world';
import { sampleGif, sampleMp4, samplePng } from '../files/testing';
import { schedulePublications } from '../planning/schedule-publications';
import { createPost } from '../posts/create-post';
import { getPublication } from '../publications/queries';
import { setReview } from '../publisher/testing';
import { addMedia, work } from '../uploads/testing';
import { callPlatform } from './call-platform';
import { checkConnection } from './check-connection';
import { connectorPlatforms } from './connector-platforms';
import { listConnections } from './queries';
import { signInWithFields } from './sign-in';
import { type Bench, connectionsBench } from './test-bench';

const folder = mkdtempSync(path.join(tmpdir(), 'tributary-telegram-'));
let bench: Bench;
let w: World;
let token: string;

const control = (action: string, body: object) =>
  bench.handler(
    new Request(`http://app.test/sandbox/control/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
const fail = (operation: string, kind: string) =>
  control('faults', { platform: 'telegram', operation, kind, count: 1 });
const connect = async (channel = '@miradraws', values: object = {}) => {
  const input = { platform: 'telegram', environment: 'sandbox', values: { token, channel, ...values } };
  return signInWithFields(w.ctx, input as Parameters<typeof signInWithFields>[1]);
};
const connected = async (channel?: string) => (await connect(channel)).connectionIds[0] ?? '';
const posts = async () => (await effects(bench.handler.world, 'telegram')).posts;
const right = (right: string, channel = 'miradraws') =>
  control('telegram/right', { bot: 'mira_draws_bot', channel, right });

beforeAll(async () => {
  process.env.TRIBUTARY_DATA_DIR = folder;
  resetEnv();
  bench = await connectionsBench({ waits: true });
});
afterAll(async () => {
  await bench.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  w = await createWorld(bench.db, { plan: 'agency', timeZone: 'UTC', clock: bench.world.clock });
  await setReview(bench.db, w.ctx, 'post_at_once');
  w.clock.advance(3_600_000);
  await control('reset', {});
  const { key } = (await (
    await control('key', { platform: 'telegram', account: 'mira_draws_bot' })
  ).json()) as { key: string };
  token = key;
});

describe('a bot', () => {
  it('connects several channels, by name, link or number', async () => {
    const found = [];
    for (const channel of ['https://t.me/miradraws/12', 't.me/c/1987654321/3', '-1001402115836'])
      found.push((await connect(channel)).code);
    expect(found).toEqual(['connected', 'connected', 'renewed']);
    const rows = await listConnections(w.ctx);
    expect(rows.map((c) => c.remoteName).sort()).toEqual(['Mira Draws', 'Studio notes']);
    expect(rows.map((c) => c.byHand?.url)).toEqual(
      Array(2).fill(expect.stringMatching(/telegram\/botfather$/)),
    );
    for (const { id } of rows) expect(await checkConnection(w.ctx, { id })).toMatchObject({ ok: true });
  });

  it.each([
    ['@devnotes_leo', 'no_account'],
    ['@inkclub_chat', 'no_account'],
    ['@nobody_at_all', 'no_account'],
  ])('that may not post in %s connects nothing', async (channel, code) => {
    expect(await connect(channel)).toEqual({ code, connectionIds: [] });
  });

  it('whose token is not valid connects nothing', async () => {
    expect(await connect('@miradraws', { token: `7104428391:${'x'.repeat(35)}` })).toMatchObject({
      connectionIds: [],
    });
    await expect(connect('not a channel')).rejects.toMatchObject({
      fields: { 'values.channel': expect.anything() },
    });
  });

  it('that lost its right or its token says what to do', async () => {
    const [open, closed] = [await connected(), await connected('-1001987654321')];
    await right('look');
    const publish = (connectionId: string) =>
      callPlatform({
        ctx: w.ctx,
        connectionId,
        capability: 'publish',
        input: { text: 'Hello', idempotencyKey: 'k' },
      });
    await expect(publish(open)).rejects.toMatchObject({
      kind: 'reauth',
      fact: expect.toSay(/Allow it to post messages/),
      options: { forbidden: true },
    });
    // The bot's other channel still works.
    expect(await publish(closed)).toMatchObject({
      permalink: expect.stringMatching(/telegram\/c\/1987654321\/1$/),
    });
    await right('kicked', '1987654321');
    const check = await checkConnection(w.ctx, { id: closed });
    expect(check).toMatchObject({ ok: false, message: expect.toSay(/was removed from this channel/) });
    await right('post');
    expect(await connect()).toMatchObject({ code: 'renewed', connectionIds: [open] });
    await control('revoke', { platform: 'telegram' });
    await expect(publish(open)).rejects.toMatchObject({
      kind: 'reauth',
      fact: expect.toSay(/no longer accepts the token/),
    });
    expect(await listConnections(w.ctx)).toMatchObject([
      { status: 'needs_reconnect' },
      { status: 'needs_reconnect' },
    ]);
  });
});

describe('publishing', () => {
  let keys = 0;
  const schedule = async (connectionId: string, text: string, files: Buffer[] = [], turns = 3) => {
    const media = [];
    for (const bytes of files) media.push({ fileId: await addMedia(w.ctx, bytes) });
    const ctx = { ...w.ctx, platforms: connectorPlatforms };
    const { id: postId, version } = await createPost(ctx, {
      title: 'A post',
      variants: [{ platform: 'telegram', text, media }],
    });
    const [one] = await schedulePublications(ctx, {
      postId,
      version,
      targets: [{ connectionId }],
      when: { kind: 'now' },
      requestKey: `telegram-${++keys}-000`,
    });
    await work(bench.db, ctx, w.clock, { turns });
    return getPublication(w.ctx, { id: one?.id ?? '' });
  };

  it('sends texts and files, and deletes all messages of an album', async () => {
    const id = await connected();
    expect(await schedule(id, 'Tea & <cake> 茶')).toMatchObject({
      state: 'published',
      permalink: expect.stringMatching(/telegram\/miradraws\/1$/),
    });
    await schedule(id, 'A GIF', [sampleGif(3)]);
    await schedule(id, 'A film', [sampleMp4({ seconds: 2, width: 64, height: 36 })]);
    const pngs = [1, 2, 3].map((n) => samplePng(4, 4, [n, 9, 9]));
    const album = await schedule(id, 'Three pictures', pngs);
    expect(album).toMatchObject({ state: 'published', permalink: expect.stringMatching(/miradraws\/4$/) });
    expect((await posts()).map((p) => [p.text, p.media.map((m) => m.kind)]).reverse()).toEqual([
      ['Tea & <cake> 茶', []],
      ['A GIF', ['gif']],
      ['A film', ['video']],
      ['Three pictures', ['image']],
      ['', ['image']],
      ['', ['image']],
    ]);
    const remove = () =>
      callPlatform({
        ctx: w.ctx,
        connectionId: id,
        capability: 'remove',
        input: { remoteId: '4,5,6' },
      });
    expect(await remove()).toEqual({ removed: true });
    expect(await remove()).toEqual({ removed: false });
    expect((await posts()).filter((p) => p.deletedAt === null)).toHaveLength(3);
  });

  it('refuses a caption that is too long before anything is sent', async () => {
    const id = await connected();
    const error = await schedule(id, 'x'.repeat(1025), [samplePng(4, 4)]).catch((e: unknown) => e);
    expect(JSON.stringify(error)).toContain('1024');
    expect(await posts()).toEqual([]);
    expect((await schedule(id, 'x'.repeat(1025))).state).toBe('published');
  });

  it.each(['reset_after', '500_after', 'nonsense'])(
    'asks a person, and says where to look, after an unknown outcome: %s',
    async (kind) => {
      const id = await connected();
      await fail('sendMessage', kind);
      const row = await schedule(id, 'Only once', [], 20);
      expect(row).toMatchObject({ state: 'unknown' });
      const asked = await bench.db.asSystem((tx) =>
        tx.select().from(actions).where(eq(actions.workspaceId, w.ctx.workspaceId)),
      );
      expect(asked).toHaveLength(1);
      expect(JSON.stringify([row, asked])).toContain('platforms.telegram.whereToLook');
      expect(await posts()).toHaveLength(1);
    },
  );

  it('asks a person after a part of an album', async () => {
    const id = await connected();
    await fail('sendMediaGroup', 'processing_fails');
    const row = await schedule(id, 'Two', [samplePng(4, 4), samplePng(5, 5)]);
    expect(row).toMatchObject({ state: 'unknown' });
    expect(await posts()).toHaveLength(1);
  });

  it.each(['429', 'reset_before'])('sends again after what certainly did nothing: %s', async (kind) => {
    const id = await connected();
    if (kind === '429') await fail('sendMessage', kind);
    else {
      let broken = false;
      bench.wrap = (inner) => (wire) => {
        if (broken || wire.operation !== 'sendMessage') return inner(wire);
        broken = true;
        throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      };
    }
    const row = await schedule(id, 'In the end', [], 20);
    bench.wrap = null;
    expect(row).toMatchObject({ state: 'published', attempts: 2 });
    expect(await posts()).toHaveLength(1);
  });
});
