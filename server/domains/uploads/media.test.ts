import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, connections, files, grants, publicationMedia, publications } from '@/db/schema';
import { resetLimits } from '@/server/connectors/host/throttle';
import { installFaultHook } from '@/server/foundation/fault-points';
import type { SandboxHandler } from '@/server/sandbox/handler';
import { media as sandboxMedia } from '@/server/sandbox/schema';
import { type Pictured, pictured } from '@/tests/support/pictured';
import { uploading } from '@/tests/support/platforms';
import { createWorld, type World } from '@/tests/support/world';
import { claimDue } from '../due/claim-due';
import { sampleGif, samplePng } from '../files/testing';
import { startPosting } from '../posting-control/start-posting';
import { stopEverything } from '../posting-control/stop-everything';
import { checkSchedule } from '../preflight/check-schedule';
import { retryPublication } from '../publication-recovery/retry-publication';
import { publishDue } from '../publisher/publish-due';
import { dueMedia } from './due-media';
import { UPLOAD_LEASE_MS } from './policy';
import { retryMedia } from './retry-media';
import { addMedia, schedulePictured } from './testing';
import { uploadMedia } from './upload-media';

let here: Pictured;
let db: Db;
let world: World;
let sandbox: SandboxHandler;
let x: string;
let facebook: string;
pictured((opened) => {
  here = opened;
  ({ db, world, sandbox, x, facebook } = here);
});

const picture = (side?: number) => here.picture(side);
const film = (seconds?: number, padding?: number) => here.film(seconds, padding);
const at = (minutes: number) => here.at(minutes);
const state = (id: string) => here.state(id);
const sent = (platform: string, text: string) => here.sent(platform, text);
const turns = (more?: Parameters<Pictured['turns']>[0]) => here.turns(more);
const fault = (...of: Parameters<Pictured['fault']>) => here.fault(...of);

describe('on X', () => {
  test('four pictures go out in order, with their descriptions', async () => {
    const media = [];
    for (const alt of ['A red fox', '', 'A map', 'Ünïcode “alt”'])
      media.push({ fileId: await picture(), alt });
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media,
      text: 'Four of them',
    });
    await turns();
    expect(await state(publication?.id ?? '')).toMatchObject({ state: 'published', attempts: 1 });
    const [post] = await sent('x', 'Four of them');
    expect(post?.media.map((m) => m.altText)).toEqual(media.map((m) => m.alt));
  });

  test('a video is uploaded ahead of time and published exactly on time', async () => {
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await film() }],
      text: 'A film',
      local: at(10),
    });
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      await turns({ turns: 1, seconds: 2 });
      const [one] = (await state(publication?.id ?? '')).media;
      seen.add(`${one?.state} ${one?.part}`);
    }
    expect([...seen].some((s) => /^processing [1-9]/.test(s))).toBe(true);
    expect([...seen]).toContain('ready null');
    expect(await sent('x', 'A film')).toEqual([]);
    const due = (await state(publication?.id ?? '')).dueAt;
    world.clock.set(new Date(due.getTime() - 60_000));
    await turns({ turns: 1, seconds: 60 });
    await turns({ turns: 1, seconds: 1 });
    expect(await state(publication?.id ?? '')).toMatchObject({ state: 'published', lateByMs: 0 });
  });

  test('a picture without text goes out, and so does a GIF', async () => {
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await picture() }],
      text: '',
    });
    const gif = await addMedia(world.ctx, sampleGif(3, 10, 10), 'a.gif');
    const [moving] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: gif, alt: 'It blinks' }],
      text: 'Blink',
    });
    await turns();
    expect((await state(publication?.id ?? '')).state).toBe('published');
    expect((await state(moving?.id ?? '')).state).toBe('published');
    expect((await sent('x', 'Blink'))[0]?.media).toMatchObject([{ kind: 'gif', altText: 'It blinks' }]);
  });

  test('media that X does not accept is refused at scheduling', async () => {
    const media: { fileId: string }[] = [];
    for (let i = 0; i < 5; i++) media.push({ fileId: await picture() });
    const refused = (more: typeof media) =>
      expect(schedulePictured(world.ctx, { connectionIds: [x], media: more })).rejects;
    await refused(media).toMatchObject({
      message: 'X accepts up to 4 pictures, or one GIF, or one video. This post has 5 pictures.',
    });
    await refused([{ fileId: await film() }, ...media.slice(0, 1)]).toMatchObject({
      message: 'X accepts up to 4 pictures, or one GIF, or one video. This post has 1 picture and 1 video.',
    });
    await refused([{ fileId: await film(200) }]).toMatchObject({
      message: expect.stringContaining('2 minutes 20 seconds'),
    });
  });
});

test('an account without upload permission is told to reconnect, and still posts text', async () => {
  const scopes = ['tweet.read', 'tweet.write', 'users.read'];
  const set = (to: string[]) =>
    db.asSystem((tx) =>
      tx
        .update(grants)
        .set({ scopes: to })
        .where(eq(grants.id, grant?.id ?? '')),
    );
  const [grant] = await db.asSystem((tx) =>
    tx
      .select({ id: grants.id, scopes: grants.scopes })
      .from(grants)
      .innerJoin(connections, eq(connections.grantId, grants.id))
      .where(eq(connections.id, x)),
  );
  await set(scopes);
  try {
    const media = [{ fileId: await picture() }];
    await expect(schedulePictured(world.ctx, { connectionIds: [x], media })).rejects.toMatchObject({
      message: expect.stringMatching(/without permission to upload pictures/),
    });
    const { warnings } = await checkSchedule(world.ctx, {
      texts: [{ platform: 'x', text: 'Hello', media }],
      targets: [{ connectionId: x }],
      when: { kind: 'at', local: at(30) },
    });
    expect(warnings).toMatchObject([{ code: 'media_refused', refused: true, fix: { label: 'Reconnect' } }]);
    await schedulePictured(world.ctx, { connectionIds: [x], media: [], text: 'Words only' });
  } finally {
    await set(grant?.scopes ?? []);
  }
});

describe('on a Facebook Page', () => {
  test('photos become one post, with their descriptions', async () => {
    const media = [
      { fileId: await picture(), alt: 'One' },
      { fileId: await picture(), alt: 'Two' },
    ];
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [facebook],
      platforms: ['facebook'],
      media,
      text: 'An album',
    });
    await turns();
    expect((await state(publication?.id ?? '')).state).toBe('published');
    expect((await sent('facebook', 'An album'))[0]?.media.map((m) => m.altText)).toEqual(['One', 'Two']);
  });

  test('a video is ready before its time and published by the post', async () => {
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [facebook],
      platforms: ['facebook'],
      media: [{ fileId: await film(20, 9_000_000) }],
      text: 'A film on a Page',
      local: at(5),
    });
    await turns({ turns: 3 });
    expect((await state(publication?.id ?? '')).media[0]?.state).toBe('ready');
    expect(await sent('facebook', 'A film on a Page')).toEqual([]);
    await turns({ turns: 12, seconds: 30 });
    const out = await state(publication?.id ?? '');
    expect(out.state).toBe('published');
    expect(out.permalink).toMatch(/\/facebook\/.+\/posts\/\d+_\d+$/);
    expect(await sent('facebook', 'A film on a Page')).toHaveLength(1);
  });
});

describe('when something goes wrong', () => {
  test.each(['initializeMediaUpload', 'appendMediaUpload', 'finalizeMediaUpload', 'createMediaMetadata'])(
    '%s survives a rate limit, an error before and after it, and a lost response',
    async (operation) => {
      for (const kind of ['429', '500_before', '500_after', 'reset_after'] as const) {
        resetLimits();
        await fault(operation, kind, kind === '429' ? { ms: 5_000 } : {});
        const text = `${operation} ${kind}`;
        const [publication] = await schedulePictured(world.ctx, {
          connectionIds: [x],
          media: [{ fileId: await picture(), alt: 'Alt' }],
          text,
        });
        await turns({ turns: 30 });
        expect(await state(publication?.id ?? ''), text).toMatchObject({ state: 'published', attempts: 1 });
        expect(await sent('x', text)).toHaveLength(1);
        await sandbox.world.faults.clear();
      }
    },
    60_000,
  );

  test('a limit per day on uploads postpones the post instead of failing it', async () => {
    await fault('initializeMediaUpload', 'day_limit', { ms: 7_200_000 });
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await picture() }],
      text: 'After the limit',
    });
    const id = publication?.id ?? '';
    await turns({ turns: 1, seconds: 1 });
    // Long past the patience for media that only takes its time.
    await turns({ turns: 30, seconds: 120 });
    const waiting = await state(id);
    expect(waiting.state).not.toBe('failed');
    expect(waiting.waits?.until.getTime()).toBeGreaterThan(world.clock.now().getTime());
    expect(waiting.waits?.why).toSay(/asked us to slow down/);
    await turns({ turns: 70, seconds: 60 });
    expect(await state(id)).toMatchObject({ state: 'published', attempts: 1 });
    expect(await sent('x', 'After the limit')).toHaveLength(1);
  });

  test('a video that X cannot process fails before its time, says so, and can be retried', async () => {
    await fault('finalizeMediaUpload', 'processing_fails');
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await film(5, 100_000) }],
      text: 'Bad film',
      local: at(14),
    });
    const id = publication?.id ?? '';
    await turns({ turns: 8 });
    const before = await state(id);
    expect(before.state).toBe('scheduled');
    expect(before.media[0]).toMatchObject({
      state: 'failed',
      problem: expect.toSay('could not process this video'),
    });
    const open = () =>
      db.asSystem((tx) =>
        tx
          .select()
          .from(alerts)
          .where(eq(alerts.key, `media:${id}`)),
      );
    expect(await open()).toMatchObject([{ resolved: false }]);
    await retryMedia(world.ctx, { id });
    expect(world.events.sent.at(-1)).toMatchObject({
      name: 'publishing/media.requested',
      data: { publicationId: id },
    });
    await turns({ turns: 8 });
    expect((await state(id)).media[0]?.state).toBe('ready');
    expect(await open()).toMatchObject([{ resolved: true }]);
    await expect(retryMedia(world.ctx, { id })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a post whose upload has failed by its due time fails unsent, the next one goes out, and a retry sends it', async () => {
    await fault('finalizeMediaUpload', 'processing_fails');
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await film(5, 1000) }],
      text: 'Never ready',
    });
    const [next] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await picture() }],
      text: 'Behind it',
    });
    await turns({ turns: 10 });
    const failed = await state(publication?.id ?? '');
    expect(failed).toMatchObject({
      state: 'failed',
      attempts: 0,
      problem: expect.toSay('could not process'),
    });
    expect((await state(next?.id ?? '')).state).toBe('published');
    expect(await sent('x', 'Never ready')).toEqual([]);
    await retryPublication(world.ctx, { id: failed.id, version: failed.version });
    await turns({ turns: 10 });
    expect(await state(failed.id)).toMatchObject({ state: 'published' });
    expect(await sent('x', 'Never ready')).toHaveLength(1);
  });

  test('a post fails unsent if the platform is down for longer than the patience', async () => {
    await fault('initializeMediaUpload', '500_before', { count: 10_000 });
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await picture() }],
      text: 'Too long',
    });
    await turns({ turns: 60, seconds: 30 });
    expect(await state(publication?.id ?? '')).toMatchObject({ state: 'failed', attempts: 0 });
  }, 60_000);

  test('media that X forgot is uploaded again before the post, even if X reports that only then', async () => {
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await picture() }],
      text: 'Forgotten',
      local: at(14),
    });
    const id = publication?.id ?? '';
    await turns({ turns: 2 });
    expect((await state(id)).media[0]?.state).toBe('ready');
    // The media expired during a pause, so it is known to be gone.
    await db.asSystem((tx) =>
      tx
        .update(publicationMedia)
        .set({ expiresAt: world.clock.now(), updatedAt: new Date(0) })
        .where(eq(publicationMedia.publicationId, id)),
    );
    await db.asSystem((tx) =>
      tx.update(publications).set({ mediaUntil: world.clock.now() }).where(eq(publications.id, id)),
    );
    await turns({ turns: 3 });
    expect((await state(id)).media[0]?.state).toBe('ready');
    // The media is gone without notice.
    await sandbox.world.db.execute(
      sql`update tributary_sandbox.media set expires_at = created_at where post_id is null`,
    );
    await turns({ turns: 40, seconds: 30 });
    expect((await state(id)).state).toBe('published');
    expect(await sent('x', 'Forgotten')).toHaveLength(1);
  });

  test('a post whose response was lost is found by its pictures, whatever its text', async () => {
    const other = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await picture() }],
      text: '',
    });
    await turns({ turns: 3 });
    expect((await state(other[0]?.id ?? '')).state).toBe('published');
    await fault('createPosts', 'reset_after');
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await picture() }],
      text: '',
    });
    const before = (await sent('x', '')).length;
    await turns({ turns: 30, seconds: 10 });
    expect((await state(publication?.id ?? '')).state).toBe('published');
    expect(await sent('x', '')).toHaveLength(before + 1);
  });

  test('an emergency stop holds an upload, which continues afterwards', async () => {
    const [publication] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await film() }],
      text: 'Held',
      local: at(8),
    });
    const id = publication?.id ?? '';
    await stopEverything(world.ctx);
    const uploads = () => sandbox.world.db.$count(sandboxMedia);
    const before = await uploads();
    await turns({ turns: 3 });
    await uploadMedia({ ctx: world.ctx, input: { publicationId: id } });
    expect(await uploads()).toBe(before);
    await startPosting(world.ctx);
    await turns({ turns: 20, seconds: 10 });
    expect((await state(id)).media[0]?.state).toBe('ready');
  });
});

test('a lane that ended while its media was being uploaded is requested again once the media is ready', async () => {
  const [publication] = await schedulePictured(world.ctx, {
    connectionIds: [x],
    media: [{ fileId: await picture() }],
    text: 'Now',
  });
  const lane = { workspaceId: world.workspaceId, connectionId: x, platform: 'x' };
  await claimDue({ db, clock: world.clock });
  expect(await publishDue({ ctx: world.ctx, input: { connectionId: x } })).toMatchObject({ published: 0 });
  world.events.sent.length = 0;
  const input = { publicationId: publication?.id ?? '' };
  for (let i = 0; i < 10 && world.events.sent.length === 0; i++) {
    await uploadMedia({ ctx: world.ctx, input });
    world.clock.advance(2_000);
  }
  expect(world.events.sent).toEqual([{ name: 'publishing/lane.requested', data: lane }]);
  await publishDue({ ctx: world.ctx, input: { connectionId: x } });
  expect((await state(input.publicationId)).state).toBe('published');
});

test('a queued upload is not requested again every minute, but one left by a crashed process is', async () => {
  await schedulePictured(world.ctx, {
    connectionIds: [x],
    media: [{ fileId: await picture() }],
    local: at(10),
  });
  // The marks change every five minutes, so this begins just after a change.
  world.clock.advance(300_000 - (world.clock.now().getTime() % 300_000));
  const mark = async () => (await dueMedia({ db, clock: world.clock })).map((due) => due.mark);
  const first = await mark();
  expect(first).toHaveLength(1);
  world.clock.advance(60_000);
  expect(await mark()).toEqual(first);
  installFaultHook((name) => {
    if (name === 'media: taken') throw new Error(`ended at ${name}`);
  });
  const [due] = await dueMedia({ db, clock: world.clock });
  await expect(
    uploadMedia({ ctx: world.ctx, input: { publicationId: due?.publicationId ?? '' } }),
  ).rejects.toThrow('ended at');
  installFaultHook(undefined);
  expect(await mark()).toEqual([]);
  // A lease that was taken while the clock was ahead.
  await db.asSystem((tx) =>
    tx.update(publicationMedia).set({ leaseUntil: new Date(world.clock.now().getTime() + 86_400_000) }),
  );
  expect(await mark()).toHaveLength(1);
  await db.asSystem((tx) =>
    tx.update(publicationMedia).set({ leaseUntil: new Date(world.clock.now().getTime() + UPLOAD_LEASE_MS) }),
  );
  world.clock.advance(UPLOAD_LEASE_MS + 1);
  const after = await mark();
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(first);
});

test('media of posts due at the same time is uploaded in the order in which the posts go out', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    const [one] = await schedulePictured(world.ctx, {
      connectionIds: [x],
      media: [{ fileId: await picture() }],
      local: at(5),
    });
    ids.push(one?.id ?? '');
  }
  // The index holds them in another order than that of their ids, as after the first were moved away and back.
  for (const id of [ids[2] ?? '', ids[0] ?? ''])
    for (const minutes of [1, -1])
      await db.asSystem((tx) =>
        tx
          .update(publications)
          .set({ dueAt: sql`due_at + make_interval(mins => ${minutes})` })
          .where(eq(publications.id, id)),
      );
  expect((await dueMedia({ db, clock: world.clock })).map((due) => due.publicationId)).toEqual(ids);
});

test('one call takes steps for some seconds, and the next continues immediately where it stopped', async () => {
  const [publication] = await schedulePictured(world.ctx, {
    connectionIds: [x],
    media: [{ fileId: await film() }],
    text: 'Slowly',
    local: at(10),
  });
  const input = { publicationId: publication?.id ?? '' };
  const sizes: number[] = [];
  const slow = uploading(async ({ input: { bytes, progress, read } }) => {
    world.clock.advance(6_000);
    const sent = (progress as { sent: number } | null)?.sent ?? 0;
    const part = await read(sent, 1_000_000);
    sizes.push(part.byteLength);
    const now = sent + part.byteLength;
    return now < bytes
      ? { state: 'uploading', progress: { sent: now }, sent: now }
      : { state: 'ready', remoteId: '1', expiresAt: null };
  });
  expect(await uploadMedia({ ctx: { ...world.ctx, platforms: slow }, input })).toEqual({ waitMs: 0 });
  expect(sizes).toHaveLength(3);
  expect((await state(input.publicationId)).media[0]).toMatchObject({ state: 'uploading', part: 59 });
  expect(await uploadMedia({ ctx: { ...world.ctx, platforms: slow }, input })).toEqual({ waitMs: 0 });
  expect((await state(input.publicationId)).media[0]?.state).toBe('ready');
  // All that is left is to record that everything is ready.
  expect(await uploadMedia({ ctx: { ...world.ctx, platforms: slow }, input })).toEqual({ waitMs: null });
  expect(sizes.reduce((a, b) => a + b, 0)).toBeGreaterThan(5_000_000);
});

describe('files', () => {
  test('a file that a publication uses cannot be deleted', async () => {
    const fileId = await picture();
    await schedulePictured(world.ctx, { connectionIds: [x], media: [{ fileId }], local: at(60) });
    await expect(db.asSystem((tx) => tx.delete(files).where(eq(files.id, fileId)))).rejects.toThrow();
  });

  test('another workspace’s file is reported as not found', async () => {
    const other = await createWorld(db, { plan: 'agency' });
    const fileId = await addMedia(other.ctx, samplePng(2, 2, [200, 1, 1]));
    await expect(
      schedulePictured(world.ctx, { connectionIds: [x], media: [{ fileId }] }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
