import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { connections, files, fileVersions, publicationMedia, publications } from '@/db/schema';
import { resetEnv } from '@/server/foundation/env';
import type { Ctx } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { SyntheticMedia } from '@/tests/support/synthetic-media';
import { createWorld, type World } from '@/tests/support/world';
import { readByAddress } from '../files/read-by-address';
import { storageUsed } from '../files/storage-limit';
import { sampleMp4, samplePng } from '../files/testing';
import { updatePost } from '../post-edits/update-post';
import { readPost } from '../posts/queries';
import { checkSchedule } from '../preflight/check-schedule';
import { retryPublication } from '../publication-recovery/retry-publication';
import { getPublication } from '../publications/queries';
import { addConnection, setReview } from '../publisher/testing';
import { dueMedia } from './due-media';
import { addMedia, schedulePictured, work } from './testing';

// @alone: the platform has a port

const folder = mkdtempSync(path.join(tmpdir(), 'tributary-ways-'));
let db: Db;
let world: World;
let ctx: Ctx;
let account: string;
let it: SyntheticMedia;

beforeAll(async () => {
  process.env.TRIBUTARY_DATA_DIR = folder;
  resetEnv();
  db = await freshDb();
});
afterAll(async () => {
  await db.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  delete process.env.APP_URL;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});
async function begin(way: SyntheticMedia['way']) {
  world = await createWorld(db, { plan: 'agency', timeZone: 'UTC' });
  await setReview(db, world.ctx, 'post_at_once');
  account = await addConnection(db, world.ctx);
  it = new SyntheticMedia(way);
  await it.open();
  ctx = { ...world.ctx, platforms: it.platforms };
}
afterEach(async () => {
  it.close();
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
});

let colour = 0;
const png = (side = 4) => samplePng(side, side, [++colour % 256, 9, 9]);
const schedule = async (media: { fileId: string; alt?: string }[], more: { local?: string } = {}) => {
  const [publication] = await schedulePictured(ctx, { connectionIds: [account], media, ...more });
  return publication?.id ?? '';
};
const turns = (more: Parameters<typeof work>[3] = {}) => work(db, ctx, world.clock, more);
const state = (id: string) => getPublication(ctx, { id });
const content = async (fileId: string) => {
  const [file] = await db.asSystem((tx) => tx.select().from(files).where(eq(files.id, fileId)));
  if (!file) throw new Error('no such file');
  return { ...file, path: path.join(folder, 'files', file.storageKey) };
};

describe('with the post', () => {
  beforeEach(() => begin('with_post'));

  test('files go out with the post; nothing is uploaded before, and nothing waits', async () => {
    const film = sampleMp4({ seconds: 2, width: 640, height: 360, padding: 20 * 1024 * 1024 });
    const fileId = await addMedia(ctx, film, 'A film.mp4');
    const id = await schedule([{ fileId, alt: 'It moves' }], { local: '2026-03-02T10:05' });
    expect(await dueMedia({ db, clock: world.clock })).toEqual([]);
    const [row] = await db.asSystem((tx) => tx.select().from(publications).where(eq(publications.id, id)));
    expect(row).toMatchObject({ mediaAhead: false, state: 'scheduled' });
    const rows = await db.asSystem((tx) =>
      tx.select().from(publicationMedia).where(eq(publicationMedia.publicationId, id)),
    );
    expect(rows.map((r) => r.state)).toEqual(['ready']);
    expect((await state(id)).media[0]).toMatchObject({ state: 'with_post', problem: null });
    world.clock.advance(5 * 60_000);
    await turns();
    expect(await state(id)).toMatchObject({ state: 'published', attempts: 1 });
    expect([it.uploads, it.requests, it.posts.length]).toEqual([0, 1, 1]);
    const [sent] = it.posts[0]?.media ?? [];
    expect(sent).toMatchObject({ name: 'A film.mp4', mime: 'video/mp4', alt: 'It moves' });
    expect(sent?.bytes.equals(film)).toBe(true);
  });

  test('pictures are made to fit once, kept beside the original and counted', async () => {
    const large = await sharp(png(40)).resize(900, 600, { fit: 'fill' }).webp({ quality: 100 }).toBuffer();
    const fileId = await addMedia(ctx, large, 'large.webp');
    for (const text of ['once', 'twice']) {
      const [publication] = await schedulePictured(ctx, {
        connectionIds: [account],
        media: [{ fileId }, { fileId: await addMedia(ctx, png()) }],
        text,
      });
      await turns();
      expect((await state(publication?.id ?? '')).state).toBe('published');
    }
    const [first, second] = it.posts;
    const [sent, asItWas] = first?.media ?? [];
    expect([sent?.name, sent?.mime]).toEqual(['large.jpg', 'image/jpeg']);
    expect(await sharp(sent?.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 200 });
    expect(asItWas?.mime).toBe('image/png');
    expect(second?.media[0]?.bytes.equals(sent?.bytes ?? Buffer.alloc(0))).toBe(true);
    const versions = await db.asSystem((tx) =>
      tx.select().from(fileVersions).where(eq(fileVersions.fileId, fileId)),
    );
    expect(versions).toMatchObject([{ bytes: sent?.bytes.length, width: 300, height: 200 }]);
    const used = await db.asSystem((tx) => storageUsed(tx, ctx.workspaceId));
    const own = await db.asSystem((tx) =>
      tx.select().from(files).where(eq(files.workspaceId, ctx.workspaceId)),
    );
    const originals = own.reduce((sum, f) => sum + f.bytes + (f.stillBytes ?? 0), 0);
    expect(used - originals).toBe(sent?.bytes.length);
  });

  test('a version whose content was lost is made again', async () => {
    const fileId = await addMedia(ctx, samplePng(400, 400, [1, ++colour % 256, 2]));
    await schedule([{ fileId }]);
    await turns();
    const [version] = await db.asSystem((tx) =>
      tx.select().from(fileVersions).where(eq(fileVersions.fileId, fileId)),
    );
    rmSync(path.join(folder, 'files', version?.storageKey ?? ''));
    const again = await schedule([{ fileId }]);
    await turns();
    expect((await state(again)).state).toBe('published');
    expect(it.posts[1]?.media[0]?.bytes.equals(it.posts[0]?.media[0]?.bytes ?? Buffer.alloc(0))).toBe(true);
  });

  test.each([
    ['an answer that is lost', 'after', 'published', 1],
    ['a platform that breaks off while it reads', 'breaks_off', 'published', 2],
    ['an answer that says nothing', 'before', 'published', 2],
  ] as const)(
    '%s is looked up with the media, and the post is out once',
    async (_, fault, ends, requests) => {
      it.faults.push(fault);
      const film = sampleMp4({ seconds: 2, width: 640, height: 360, padding: 3_000_000 + ++colour });
      const id = await schedule([{ fileId: await addMedia(ctx, film) }]);
      await turns({ turns: 60, seconds: 30 });
      expect((await state(id)).state).toBe(ends);
      expect([it.posts.length, it.requests]).toEqual([1, requests]);
      expect(it.posts[0]?.media[0]?.bytes.equals(film)).toBe(true);
      expect(it.lookups.every((l) => l.media === 1)).toBe(true);
      expect(it.lookups.length).toBeGreaterThan(0);
    },
  );

  test('a file that cannot be read is a temporary failure before anything is sent', async () => {
    const fileId = await addMedia(ctx, png());
    const id = await schedule([{ fileId }]);
    const { path: place } = await content(fileId);
    renameSync(place, `${place}.away`);
    await turns({ turns: 1 });
    expect(await state(id)).toMatchObject({ state: 'scheduled', attempts: 1 });
    expect([it.requests, it.posts.length]).toEqual([0, 0]);
    renameSync(`${place}.away`, place);
    await turns({ turns: 40, seconds: 30 });
    expect((await state(id)).state).toBe('published');
    expect(it.posts).toHaveLength(1);
  });

  test('a failed post is retried without waiting for uploads, and an edit can add files', async () => {
    const fileId = await addMedia(ctx, png());
    const id = await schedule([{ fileId }]);
    const { path: place } = await content(fileId);
    renameSync(place, `${place}.away`);
    await turns({ turns: 60, seconds: 300 });
    expect((await state(id)).state).toBe('failed');
    renameSync(`${place}.away`, place);
    await retryPublication(ctx, { id, version: (await state(id)).version });
    await turns();
    expect((await state(id)).state).toBe('published');

    const later = await schedule([], { local: '2026-03-03T10:00' });
    const { postId } = await state(later);
    const post = await db.asWorkspace(ctx.workspaceId, (tx) => readPost(tx, ctx.workspaceId, postId));
    await updatePost(ctx, {
      id: postId,
      version: post.version,
      variants: [{ platform: 'x', text: 'Now with one', media: [{ fileId, alt: '' }] }],
    });
    expect((await state(later)).media).toMatchObject([{ state: 'with_post' }]);
  });
});

describe('by address', () => {
  beforeEach(() => begin('by_address'));
  afterEach(() => {
    delete process.env.APP_URL;
    resetEnv();
  });

  test('the platform fetches each file, as it fits, from an address without a session', async () => {
    const urls: string[] = [];
    it.fetch = async (url) => {
      urls.push(url);
      const { content: bytes } = await readByAddress(world.services, url.split('/').at(-1) ?? '', null);
      return Buffer.from(await new Response(bytes).arrayBuffer());
    };
    const large = await addMedia(ctx, samplePng(500, 250, [7, ++colour % 256, 7]));
    const film = sampleMp4({ seconds: 2, width: 64, height: 36, padding: 1000 + ++colour });
    const id = await schedule([{ fileId: large, alt: 'Large' }]);
    await schedule([{ fileId: await addMedia(ctx, film) }]);
    await turns({ turns: 20 });
    expect((await state(id)).state).toBe('published');
    const [picture, video] = it.posts.map((p) => p.media[0]);
    expect(await sharp(picture?.bytes).metadata()).toMatchObject({ width: 300, height: 150 });
    expect(picture?.alt).toBe('Large');
    expect(video?.bytes.equals(film)).toBe(true);
    expect(it.uploads).toBe(0);
    expect(urls.every((url) => url.startsWith('http://localhost:3000/api/media/public/'))).toBe(true);
    expect(urls.join()).not.toContain(large);
  });

  test('an installation that cannot be reached is told so before scheduling; one that can is not', async () => {
    await db.asSystem((tx) =>
      tx.update(connections).set({ environment: 'live' }).where(eq(connections.id, account)),
    );
    const fileId = await addMedia(ctx, png());
    const checked = async () =>
      (
        await checkSchedule(ctx, {
          targets: [{ connectionId: account }],
          texts: [{ platform: 'x', text: 'Look', media: [{ fileId, alt: '' }] }],
          when: { kind: 'at', local: '2026-03-04T10:00' },
        })
      ).warnings.filter((w) => w.code === 'media_refused');
    const [warning] = await checked();
    expect(warning).toMatchObject({ refused: true, connectionId: account });
    expect(warning?.message).toSay(
      /cannot reach it at http:\/\/localhost:3000\. Ask its operator to set APP_URL/,
    );
    await expect(schedule([{ fileId }])).rejects.toMatchObject({ code: 'invalid' });
    process.env.APP_URL = 'https://posts.example.com';
    resetEnv();
    expect(await checked()).toEqual([]);
    const id = await schedule([{ fileId }]);
    // The address changed after it was scheduled.
    process.env.APP_URL = 'http://192.168.1.20:3000';
    resetEnv();
    await turns();
    expect(await state(id)).toMatchObject({ state: 'failed' });
    expect(it.requests).toBe(0);
  });
});
