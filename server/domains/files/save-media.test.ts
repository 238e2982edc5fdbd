import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { activity, files } from '@/db/schema';
import { resetEnv } from '@/server/foundation/env';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { pretendDisk } from './disk';
import { MAX_MEDIA_BYTES } from './limits';
import { readMedia } from './read-media';
import { saveFile } from './save-file';
import { saveMedia } from './save-media';
import { readStoredPart } from './store';
import { inPieces, isStored, sampleMp4, samplePng } from './testing';
import { uploadMedia } from './upload';

let db: Db;
let world: World;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-media-files-'));
  process.env.TRIBUTARY_DATA_DIR = folder;
  resetEnv();
  db = await freshDb();
  world = await createWorld(db);
});
afterAll(async () => {
  await db.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});

const save = (bytes: Uint8Array, name = 'a.png', ctx = world.ctx) =>
  saveMedia({ ctx, input: { name, content: inPieces(bytes, 1000) } });
/** Lists everything in the store, by name. */
const stored = () =>
  existsSync(path.join(folder, 'files'))
    ? readdirSync(path.join(folder, 'files'), { recursive: true, withFileTypes: true }).filter((f) =>
        f.isFile(),
      )
    : [];

describe('saveMedia', () => {
  it('stores a picture with its size, and returns parts of it', async () => {
    const bytes = samplePng(7, 5);
    const file = await save(bytes, 'Sunset.PNG');
    expect(file).toMatchObject({
      name: 'Sunset.png',
      kind: 'picture',
      mime: 'image/png',
      width: 7,
      height: 5,
      bytes: bytes.length,
    });
    expect(Buffer.compare(await readStoredPart(file, 10, 20), bytes.subarray(10, 30))).toBe(0);
    expect((await readStoredPart(file, bytes.length - 3, 100)).length).toBe(3);
    expect((await readMedia(world.ctx, { id: file.id })).mime).toBe(file.mime);
    expect((await save(bytes, 'again.png')).id).toBe(file.id);
  });

  it('stores a video with its length', async () => {
    const film = await save(sampleMp4({ seconds: 61.5, width: 1080, height: 1920 }), 'film.mp4');
    expect(film).toMatchObject({
      kind: 'video',
      name: 'film.mp4',
      width: 1080,
      height: 1920,
      durationMs: 61_500,
    });
  });

  it('rejects hostile files, and leaves nothing behind', async () => {
    const before = stored().length;
    const hostile: Record<string, Uint8Array> = {
      'empty.png': new Uint8Array(0),
      'picture.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
      'page.png': Buffer.from('<html><script>alert(1)</script>'),
      'program.jpg': Buffer.from('MZ\x90\0'),
      'notes.png': Buffer.from('%PDF-1.7'),
      'bomb.png': samplePng(1, 1, [0, 0, 0], { width: 100_000, height: 100_000 }),
      'cut.mp4': sampleMp4({ seconds: 5, width: 10, height: 10 }).subarray(0, 60),
    };
    for (const [name, bytes] of Object.entries(hostile))
      await expect(save(bytes, name), name).rejects.toMatchObject({
        code: 'invalid',
        fields: { file: expect.toSay(/\w/) },
      });
    expect(stored()).toHaveLength(before);
  });

  it('removes folders from any name', async () => {
    const name = async (given: string, side: number) =>
      (await save(samplePng(side, side, [1, 2, 3]), given)).name;
    expect(await name('@/server/etc/passwd.png', 11)).toBe('passwd.png');
    expect(await name('C:\\Users\\a\\b.jpg', 12)).toBe('b.jpg.png');
    expect(await name('\u202egnp.exe', 13)).toBe('gnp.exe.png');
    expect(await name('', 14)).toBe('file.png');
  });

  it('stops reading once the limit is exceeded', async () => {
    const before = stored().length;
    let given = 0;
    async function* endless() {
      yield samplePng(1, 1);
      for (;;) {
        given += 8 * 1024 * 1024;
        yield Buffer.alloc(8 * 1024 * 1024);
      }
    }
    await expect(
      saveMedia({ ctx: world.ctx, input: { name: 'endless.png', content: endless() } }),
    ).rejects.toMatchObject({ message: expect.stringContaining('larger than 100 MB') });
    expect(given).toBeLessThan(MAX_MEDIA_BYTES + 17 * 1024 * 1024);
    expect(stored()).toHaveLength(before);
  });

  it('stores a small still picture of a picture, and none of a video', async () => {
    const picture = await save(samplePng(700, 20, [5, 5, 5]));
    expect(picture.stillKey).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{64}$/);
    const small = { storageKey: picture.stillKey ?? '', bytes: picture.stillBytes ?? 0 };
    expect((await readStoredPart(small, 0, 1000)).toString('latin1', 8, 12)).toBe('WEBP');
    const film = await save(sampleMp4({ seconds: 1, width: 64, height: 64 }));
    expect(film).toMatchObject({ stillKey: null, stillBytes: null });
  });

  it('creates one row when the same content arrives twice at once', async () => {
    const bytes = samplePng(21, 22, [7, 7, 7]);
    const [one, two] = await Promise.all([save(bytes, 'one.png'), save(bytes, 'two.png')]);
    expect(two.id).toBe(one.id);
    const entries = await db.asSystem((tx) =>
      tx
        .select()
        .from(activity)
        .where(and(eq(activity.verb, 'file.uploaded'), eq(activity.subjectId, one.id))),
    );
    expect(entries).toHaveLength(1);
    // The database constraint that would catch a missing lock.
    await expect(
      db.asSystem((tx) => tx.insert(files).values({ ...one, id: 'fil_second' })),
    ).rejects.toThrow();
    // Uploading lost content again restores it; another workspace has its own row.
    rmSync(path.join(folder, 'files', one.storageKey));
    expect((await save(bytes)).id).toBe(one.id);
    expect(isStored(one.storageKey)).toBe(true);
    const other = await createWorld(db);
    expect((await save(bytes, 'b.png', other.ctx)).id).not.toBe(one.id);
  });

  it('enforces the plan’s storage quota, even for concurrent uploads, and stores nothing that exceeds it', async () => {
    const full = await createWorld(db, { plan: 'free' });
    const first = await save(samplePng(9, 9, [1, 1, 1]), 'first.png', full.ctx);
    const small = samplePng(50, 9, [2, 1, 1]);
    const fits = await save(small, 'fits.png', (await createWorld(db)).ctx);
    // Space for one more file of this size, but not for two.
    const room = fits.bytes + (fits.stillBytes ?? 0) + 20;
    const used = first.bytes + (first.stillBytes ?? 0);
    await db.asSystem((tx) =>
      tx.insert(files).values({
        ...first,
        id: 'fil_large',
        kind: null,
        stillKey: null,
        stillBytes: null,
        bytes: 1024 ** 3 - used - room,
      }),
    );
    const before = stored().length;
    const other = samplePng(50, 9, [2, 2, 1]);
    const both = await Promise.allSettled([save(small, 'a.png', full.ctx), save(other, 'b.png', full.ctx)]);
    const [no] = both.filter((r) => r.status === 'rejected');
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(no?.reason).toMatchObject({
      code: 'limit_reached',
      message: expect.stringContaining('The Free plan includes 1 GB for files'),
    });
    // `small` and its still picture were already in the store; the refused file is not.
    expect(stored().length).toBeLessThanOrEqual(before + 2);
    // The same content again takes no space.
    expect((await save(samplePng(9, 9, [1, 1, 1]), 'again.png', full.ctx)).id).toBe(first.id);
    await expect(
      saveFile({
        ctx: full.ctx,
        input: {
          name: 'plan.pdf',
          content: inPieces(Buffer.concat([Buffer.from('%PDF-1.7'), Buffer.alloc(5000)])),
        },
      }),
    ).rejects.toMatchObject({ code: 'limit_reached' });
  });

  it('accepts nothing when the disk is nearly full', async () => {
    const before = stored().length;
    const gb = 1024 ** 3 / 4096;
    for (const said of [
      { bavail: gb * 0.4, bsize: 4096, blocks: 100 * gb },
      { bavail: gb * 0.04, bsize: 4096, blocks: gb },
    ]) {
      const back = pretendDisk(said);
      try {
        for (const saving of [
          () => save(samplePng(31, 31, [1, 1, 1])),
          () =>
            saveFile({
              ctx: world.ctx,
              input: { name: 'a.pdf', content: inPieces(Buffer.from('%PDF-1.7 x')) },
            }),
        ])
          await expect(saving()).rejects.toMatchObject({
            code: 'unavailable',
            message: expect.stringContaining('no storage left'),
          });
      } finally {
        back();
      }
    }
    expect(stored()).toHaveLength(before);
    // A small disk that is not full is accepted.
    const back = pretendDisk({ bavail: gb * 0.1, bsize: 4096, blocks: gb });
    await save(samplePng(31, 31, [1, 1, 1])).finally(back);
  });

  it('requires permission to post, and separates workspaces and kinds of files', async () => {
    await expect(
      uploadMedia(await actingAs(world, 'viewer'), {
        name: 'a.png',
        content: inPieces(samplePng(3, 3, [9, 9, 9]), 1000),
      }),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
    const file = await save(samplePng(4, 3, [9, 9, 9]));
    const other = await createWorld(db);
    await expect(readMedia(other.ctx, { id: file.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    const product = await saveFile({
      ctx: world.ctx,
      input: { name: 'plan.pdf', content: inPieces(Buffer.from('%PDF-1.7')) },
    });
    await expect(readMedia(world.ctx, { id: product.id })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
