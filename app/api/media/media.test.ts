import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { sessions } from '@/db/schema';
import { parseRange } from '@/server/domains/files/range';
import { sampleGif, sampleMp4, samplePng } from '@/server/domains/files/testing';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { GET } from './[id]/route';
import { chunksOf } from './chunks';
import { POST } from './route';

let cookie: string | undefined;
vi.mock('@/server/auth', () => ({ auth: async () => (cookie ? { sid: cookie } : null) }));
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));

let db: Db;
let world: World;
const folder = mkdtempSync(path.join(tmpdir(), 'tributary-media-route-'));
beforeAll(async () => {
  process.env.TRIBUTARY_DATA_DIR = folder;
  resetEnv();
  db = await freshDb();
  setDb(db);
  world = await createWorld(db);
  const now = new Date();
  cookie = newId('session');
  const sid = cookie;
  await db.asSystem((tx) =>
    tx.insert(sessions).values({
      id: sid,
      userId: world.userId,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
    }),
  );
});
afterAll(async () => {
  setDb(undefined);
  await db.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});

const upload = async (bytes: Uint8Array, name = 'a.png') => {
  const answer = await POST(
    new Request(`http://localhost:3000/api/media?name=${name}`, {
      method: 'POST',
      body: new Uint8Array(bytes),
      headers: { host: 'localhost:3000' },
    }),
  );
  return { status: answer.status, body: (await answer.json()) as { id: string; message: string } };
};
const get = async (id: string, range?: string, query = '') => {
  const answer = await GET(
    new Request(`http://localhost:3000/api/media/${id}${query}`, {
      headers: { host: 'localhost:3000', ...(range === undefined ? {} : { range }) },
    }),
    { params: Promise.resolve({ id }) },
  );
  return {
    status: answer.status,
    bytes: Buffer.from(await answer.arrayBuffer()),
    range: answer.headers.get('content-range'),
    length: answer.headers.get('content-length'),
    type: answer.headers.get('content-type'),
  };
};

describe('file ranges', () => {
  it('are sent as requested; a malformed range gets the whole file', async () => {
    const whole = samplePng(40, 40, [1, 2, 3]);
    const { id } = (await upload(whole)).body;
    const all = whole.length;
    const asked: Record<string, [from: number, last: number] | 'whole' | 'none'> = {
      'bytes=0-0': [0, 0],
      'bytes=0-9': [0, 9],
      'bytes=10-19': [10, 19],
      'bytes=10-': [10, all - 1],
      'bytes=-7': [all - 7, all - 1],
      'BYTES=1-2': [1, 2],
      [`bytes=-${all + 50}`]: [0, all - 1],
      [`bytes=5-${all + 50}`]: [5, all - 1],
      [`bytes=${all - 1}-`]: [all - 1, all - 1],
      'bytes=0-99999999999999999999999': [0, all - 1],
      [`bytes=${all}-`]: 'none',
      [`bytes=${all + 9}-${all + 10}`]: 'none',
      'bytes=-0': 'none',
      'bytes=5-2': 'whole',
      'bytes=-': 'whole',
      'bytes=': 'whole',
      'bytes=a-b': 'whole',
      'bytes=1.5-2': 'whole',
      'bytes=0-1,4-5': 'whole',
      'lines=1-2': 'whole',
      '': 'whole',
    };
    for (const [header, expected] of Object.entries(asked)) {
      const answer = await get(id, header);
      if (expected === 'none') {
        expect(answer, header).toMatchObject({ status: 416, range: `bytes */${all}` });
        expect(answer.bytes.length).toBe(0);
      } else if (expected === 'whole') {
        expect(answer, header).toMatchObject({ status: 200, range: null, length: String(all) });
        expect(answer.bytes.equals(whole)).toBe(true);
      } else {
        const [from, last] = expected;
        expect(answer, header).toMatchObject({ status: 206, range: `bytes ${from}-${last}/${all}` });
        expect(answer.bytes.equals(whole.subarray(from, last + 1)), header).toBe(true);
      }
    }
    expect((await get(id)).bytes.equals(whole)).toBe(true);
  });

  it('do not exist for an empty file', () => {
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(parseRange('bytes=-5', 0)).toBe('unsatisfiable');
  });

  it('are at most 4 MB, and the next one can be requested', async () => {
    const film = sampleMp4({ seconds: 3, width: 64, height: 64, padding: 9_000_000 });
    const { id } = (await upload(film, 'a.mp4')).body;
    const parts: Buffer[] = [];
    for (let at = 0; at < film.length; ) {
      const { bytes, status } = await get(id, `bytes=${at}-`);
      expect(status).toBe(206);
      expect(bytes.length).toBeLessThanOrEqual(4 * 1024 * 1024);
      parts.push(bytes);
      at += bytes.length;
    }
    expect(Buffer.concat(parts).equals(film)).toBe(true);
    expect((await get(id)).bytes.equals(film)).toBe(true);
  });
});

describe('the thumbnail', () => {
  it('is a still of at most 480 pixels; a video has none', async () => {
    const large = await sharp({ create: { width: 1600, height: 900, channels: 3, background: '#b45014' } })
      .jpeg()
      .toBuffer();
    for (const [bytes, width, height] of [
      [large, 480, 270],
      [sampleGif(4, 30, 20), 30, 20],
    ] as const) {
      const { id } = (await upload(bytes)).body;
      const small = await get(id, undefined, '?size=small');
      expect(small).toMatchObject({ status: 200, type: 'image/webp', length: String(small.bytes.length) });
      const shown = await sharp(small.bytes).metadata();
      expect(shown).toMatchObject({ format: 'webp', width, height });
      expect(shown.pages ?? 1).toBe(1);
      expect((await get(id)).bytes.equals(bytes)).toBe(true);
    }
    const film = (await upload(sampleMp4({ seconds: 1, width: 8, height: 8 }), 'a.mp4')).body;
    expect((await get(film.id, undefined, '?size=small')).status).toBe(404);
  });
});

describe('an upload', () => {
  it('is aborted when it falls silent, but not when it is slow', async () => {
    const body = (pieces: number, everyMs: number, ends: boolean) => {
      let sent = 0;
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (sent++ < pieces) {
            await new Promise((done) => setTimeout(done, everyMs));
            return controller.enqueue(new Uint8Array([sent]));
          }
          if (ends) controller.close();
          else await new Promise(() => {});
        },
      });
    };
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const got: number[] = [];
      for await (const chunk of chunksOf(stream, 400)) got.push(...chunk);
      return got;
    };
    expect(await read(body(8, 100, true))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await expect(read(body(2, 1, false))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('was interrupted'),
    });
  });

  it('is rejected with a readable message when it was cut off', async () => {
    const answer = await upload(samplePng(60, 60, [9, 8, 7]).subarray(0, 120));
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(/damaged/);
  });
});
