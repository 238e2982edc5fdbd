import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { resetEnv } from '@/server/foundation/env';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { readMedia } from './read-media';
import { saveFile } from './save-file';
import { saveMedia } from './save-media';
import { MAX_MEDIA_BYTES, readStoredPart } from './store';
import { inPieces, sampleMp4, samplePng } from './testing';

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
/** Everything in the store, by name. */
const stored = () =>
  existsSync(path.join(folder, 'files'))
    ? readdirSync(path.join(folder, 'files'), { recursive: true, withFileTypes: true }).filter((f) =>
        f.isFile(),
      )
    : [];

describe('saveMedia', () => {
  it('keeps a picture with its size, and gives parts of it back', async () => {
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
    expect((await readMedia({ ctx: world.ctx, input: { id: file.id } })).id).toBe(file.id);
    expect((await save(bytes, 'again.png')).id).toBe(file.id);
  });

  it('keeps a video with its length', async () => {
    const film = await save(sampleMp4({ seconds: 61.5, width: 1080, height: 1920 }), 'film.mp4');
    expect(film).toMatchObject({
      kind: 'video',
      name: 'film.mp4',
      width: 1080,
      height: 1920,
      durationMs: 61_500,
    });
  });

  it('takes no hostile file, and leaves nothing of it behind', async () => {
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
        fields: { file: expect.any(String) },
      });
    expect(stored()).toHaveLength(before);
  });

  it('gives a name without folders, whatever came', async () => {
    const name = async (given: string, side: number) =>
      (await save(samplePng(side, side, [1, 2, 3]), given)).name;
    expect(await name('../../etc/passwd.png', 11)).toBe('passwd.png');
    expect(await name('C:\\Users\\a\\b.jpg', 12)).toBe('b.jpg.png');
    expect(await name('\u202egnp.exe', 13)).toBe('gnp.exe.png');
    expect(await name('', 14)).toBe('file.png');
  });

  it('stops reading as soon as there is too much', async () => {
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

  it('is for those who may post, and keeps workspaces and sorts of files apart', async () => {
    await expect(
      save(samplePng(3, 3, [9, 9, 9]), 'a.png', await actingAs(world, 'viewer')),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
    const file = await save(samplePng(4, 3, [9, 9, 9]));
    const other = await createWorld(db);
    await expect(readMedia({ ctx: other.ctx, input: { id: file.id } })).rejects.toMatchObject({
      code: 'not_found',
    });
    const product = await saveFile({
      ctx: world.ctx,
      input: { name: 'plan.pdf', content: inPieces(Buffer.from('%PDF-1.7')) },
    });
    await expect(readMedia({ ctx: world.ctx, input: { id: product.id } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
