import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { activity, connections, files, publications, variants, workspaces } from '@/db/schema';
import type { MediaLimits } from '@/server/connectors/kit/types';
import { ManualClock } from '@/server/foundation/clock';
import { DAY_MS } from '@/server/foundation/durations';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { updatePost } from '../post-edits/update-post';
import { createPost } from '../posts/create-post';
import { createProduct } from '../products/create-product';
import { cleanUpFiles } from './clean-up';
import { fileToSend } from './file-to-send';
import { saveFile } from './save-file';
import { saveMedia } from './save-media';
import { inPieces, isStored, samplePng } from './testing';

// Files use the system clock.
const clock = new ManualClock(new Date());
let db: Db;
let world: World;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-clean-up-'));
  process.env.TRIBUTARY_DATA_DIR = folder;
  resetEnv();
  db = await freshDb();
});
afterAll(async () => {
  await db.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  clock.set(new Date());
  world = await createWorld(db, { clock });
  await db.asSystem((tx) => tx.update(workspaces).set({ createdAt: new Date(Date.now() - 400 * DAY_MS) }));
});

let colour = 0;
const picture = (ctx = world.ctx, bytes = samplePng(3, 3, [++colour, 1, 1])) =>
  saveMedia({ ctx, input: { name: `picture-${colour}.png`, content: inPieces(bytes) } });
const cleanUp = () => cleanUpFiles({ db, clock, batch: 3 });
const rowsLeft = async (...ids: string[]) => {
  const rows = await db.asSystem((tx) => tx.select({ id: files.id }).from(files));
  return ids.filter((id) => rows.some((row) => row.id === id));
};
const place = (key: string) => path.join(folder, 'files', key);
/** Makes everything in the store this many days older. */
const age = (days: number) => {
  for (const entry of readdirSync(path.join(folder, 'files'), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const at = new Date(Date.now() - days * DAY_MS);
      utimesSync(path.join(entry.parentPath, entry.name), at, at);
    }
};
const media = (fileId: string) => [{ platform: 'x', text: 'Hello', media: [{ fileId, alt: '' }] }];

test('incomplete uploads are deleted after a day', async () => {
  const incoming = path.join(folder, 'files', 'incoming');
  mkdirSync(incoming, { recursive: true });
  for (const name of ['old', 'new']) writeFileSync(path.join(incoming, name), 'half');
  utimesSync(
    path.join(incoming, 'old'),
    new Date(Date.now() - 2 * DAY_MS),
    new Date(Date.now() - 2 * DAY_MS),
  );
  expect((await cleanUp()).incoming).toBe(1);
  expect(readdirSync(incoming)).toEqual(['new']);
});

test('a file unused for a week is deleted; one that is or was recently in use is kept', async () => {
  const alone = await picture();
  const drafted = await picture();
  const takenOut = await picture();
  const scheduled = await picture();
  const again = await picture();
  const product = await saveFile({
    ctx: world.ctx,
    input: { name: 'cover.pdf', content: inPieces(Buffer.from('%PDF-1.7')) },
  });
  // A product whose file is a picture uploaded for posts.
  const sold = await picture();
  await createProduct(world.ctx, {
    title: 'P',
    description: 'P',
    price: 900,
    floor: 500,
    currency: 'USD',
    fileId: sold.id,
  });
  await createPost(world.ctx, { title: 'Draft', variants: media(drafted.id) });
  const post = await createPost(world.ctx, { title: 'Out', variants: media(takenOut.id) });
  const frozen = await createPost(world.ctx, { title: 'Frozen', variants: media(scheduled.id) });
  // Scheduled with the picture, which was then removed from the variant.
  const connectionId = newId('connection');
  await db.asSystem(async (tx) => {
    await tx.insert(connections).values({
      id: connectionId,
      workspaceId: world.workspaceId,
      platform: 'x',
      environment: 'sandbox',
      status: 'active',
      remoteId: connectionId,
      remoteName: 'Mira',
    });
    const [text] = await tx.select().from(variants).where(eq(variants.postId, frozen.id));
    await tx.insert(publications).values({
      id: newId('publication'),
      workspaceId: world.workspaceId,
      postId: frozen.id,
      variantId: text?.id ?? '',
      connectionId,
      text: 'Hello',
      media: text?.media ?? [],
      dueAt: clock.now(),
      localTime: '2026-03-03T11:00',
      timeZone: 'UTC',
      state: 'cancelled',
      marker: 'm',
      requestKey: connectionId,
      createdBy: 'system',
    });
    await tx.update(variants).set({ media: [] }).where(eq(variants.postId, frozen.id));
  });
  const mine = [alone, drafted, takenOut, scheduled, again, product, sold].map(({ id }) => id);

  expect((await cleanUp()).files).toBe(0);
  clock.advance(6.5 * DAY_MS);
  // One was removed from its draft, the other uploaded again: their week starts now.
  await updatePost(world.ctx, {
    id: post.id,
    version: post.version,
    title: 'Out',
    variants: [{ platform: 'x', text: 'Hello', media: [] }],
  });
  expect((await picture(world.ctx, samplePng(3, 3, [colour - 1, 1, 1]))).id).toBe(again.id);
  await cleanUp();
  expect(await rowsLeft(...mine)).toEqual(mine);
  clock.advance(DAY_MS);
  expect((await cleanUp()).files).toBe(1);
  expect(await rowsLeft(alone.id)).toEqual([]);
  expect(await rowsLeft(...mine)).toEqual(mine.slice(1));
  const [told] = await db.asSystem((tx) =>
    tx.select().from(activity).where(eq(activity.verb, 'file.removed')),
  );
  expect(told).toMatchObject({ workspaceId: world.workspaceId, actor: 'system:clean-up' });
  expect(told?.summary).toSay(alone.name);
  // Put back in time, the picture is kept for good.
  const back = await updatePost(world.ctx, {
    id: post.id,
    version: post.version + 1,
    title: 'Out',
    variants: media(takenOut.id),
  });
  expect(back.variants[0]?.media).toHaveLength(1);
  clock.advance(8 * DAY_MS);
  await cleanUp();
  clock.advance(8 * DAY_MS);
  await cleanUp();
  expect(await rowsLeft(...mine)).toEqual([drafted, takenOut, scheduled, product, sold].map(({ id }) => id));
});

test('content is deleted once no row of any workspace needs it, but not within a day', async () => {
  const other = await createWorld(db, { clock });
  await db.asSystem((tx) => tx.update(workspaces).set({ createdAt: new Date(Date.now() - 400 * DAY_MS) }));
  const bytes = samplePng(8, 8, [200, 200, 1]);
  const shared = await picture(world.ctx, bytes);
  const theirs = await picture(other.ctx, bytes);
  expect(theirs.storageKey).toBe(shared.storageKey);
  const single = await picture();
  const kept = await picture();
  const drop = (id: string) => db.asSystem((tx) => tx.delete(files).where(eq(files.id, id)));
  await drop(shared.id);
  await drop(single.id);
  expect(await cleanUp()).toMatchObject({ contents: 0 });
  age(2);
  const done = await cleanUp();
  expect(done.contents).toBeGreaterThanOrEqual(2);
  expect(done.bytes).toBeGreaterThan(single.bytes);
  const there = (file: typeof shared) => [isStored(file.storageKey), isStored(file.stillKey ?? '')];
  expect(there(single)).toEqual([false, false]);
  expect(there(shared)).toEqual([true, true]);
  expect(there(kept)).toEqual([true, true]);
  await drop(theirs.id);
  age(2);
  await cleanUp();
  expect(there(shared)).toEqual([false, false]);
  // Files other than stored content are left alone.
  writeFileSync(path.join(folder, 'files', shared.storageKey.slice(0, 2), 'notes.txt'), 'mine');
  age(9);
  await cleanUp();
  expect(existsSync(path.join(folder, 'files', shared.storageKey.slice(0, 2), 'notes.txt'))).toBe(true);
});

test('content that is uploaded again during the clean-up is kept, whichever comes first', async () => {
  for (let i = 0; i < 4; i++) {
    const bytes = samplePng(8, 8, [201, i, 1]);
    const first = await picture(world.ctx, bytes);
    await db.asSystem((tx) => tx.delete(files).where(eq(files.id, first.id)));
    age(2);
    const wait = (turns: number) =>
      Array.from({ length: turns }).reduce<Promise<unknown>>(
        (p) => p.then(() => new Promise(setImmediate)),
        Promise.resolve(),
      );
    const [second] = await Promise.all([
      wait(i).then(() => picture(world.ctx, bytes)),
      wait((i * 7) % 5).then(cleanUp),
    ]);
    expect(isStored(second.storageKey), `round ${i}`).toBe(true);
    expect(isStored(second.stillKey ?? ''), `round ${i}`).toBe(true);
    age(2);
    await cleanUp();
    expect(isStored(second.storageKey)).toBe(true);
  }
}, 240_000);

test('content older than this database belongs to another one and is left alone', async () => {
  const key = `ee/${'e'.repeat(64)}`;
  mkdirSync(path.dirname(place(key)), { recursive: true });
  writeFileSync(place(key), 'of another database');
  const at = new Date(Date.now() - 500 * DAY_MS);
  utimesSync(place(key), at, at);
  await cleanUp();
  expect(isStored(key)).toBe(true);
  await db.asSystem((tx) => tx.update(workspaces).set({ createdAt: new Date(Date.now() - 600 * DAY_MS) }));
  await cleanUp();
  expect(isStored(key)).toBe(false);
});

test('what was made of a picture stays as long as the picture, and is removed with it', async () => {
  const large = await picture(world.ctx, samplePng(400, 400, [++colour % 256, 3, 3]));
  const limits: MediaLimits = {
    way: 'with_post',
    pictures: { most: 1, bytes: 1_000_000, longestSide: 100, mimes: ['image/png'] },
    gif: null,
    video: null,
    alt: { characters: 0, kinds: [] },
  };
  const { storageKey } = await fileToSend(world.ctx, large.id, limits);
  expect(storageKey).not.toBe(large.storageKey);
  age(2);
  await cleanUp();
  expect([isStored(large.storageKey), isStored(storageKey)]).toEqual([true, true]);
  await db.asSystem((tx) => tx.delete(files).where(eq(files.id, large.id)));
  age(2);
  await cleanUp();
  expect([isStored(large.storageKey), isStored(storageKey)]).toEqual([false, false]);
});
