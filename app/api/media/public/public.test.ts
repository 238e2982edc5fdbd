import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { files } from '@/db/schema';
import type { MediaLimits } from '@/server/connectors/kit/types';
import { fileToSend } from '@/server/domains/files/file-to-send';
import { addressOf } from '@/server/domains/files/public-address';
import { samplePng } from '@/server/domains/files/testing';
import { addMedia } from '@/server/domains/uploads/testing';
import { seal } from '@/server/foundation/crypto';
import { resetEnv } from '@/server/foundation/env';
import { asWorkspaceId } from '@/server/foundation/ids';
import { isReachable } from '@/server/foundation/reachable';
import { resetSecrets } from '@/server/foundation/secrets';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { GET } from './[token]/route';

vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));

const folder = mkdtempSync(path.join(tmpdir(), 'tributary-public-'));
const keyOf = () => randomBytes(32).toString('base64');
const first = `k1:${keyOf()}`;
let db: Db;
let world: World;
let bytes: Buffer;
let fileId: string;
beforeAll(async () => {
  process.env.TRIBUTARY_DATA_DIR = folder;
  keys(first);
  db = await freshDb();
  setDb(db);
  world = await createWorld(db);
  bytes = samplePng(60, 60, [1, 2, 3]);
  fileId = await addMedia(world.ctx, bytes);
});
afterEach(() => keys(first));
afterAll(async () => {
  setDb(undefined);
  await db.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  delete process.env.ENCRYPTION_KEYS;
  resetEnv();
  resetSecrets();
  rmSync(folder, { recursive: true, force: true });
});
function keys(value: string) {
  process.env.ENCRYPTION_KEYS = value;
  resetEnv();
  resetSecrets();
}

const token = (more: Partial<Parameters<typeof addressOf>[0]> = {}) =>
  addressOf({
    workspaceId: world.workspaceId,
    fileId,
    variant: '',
    until: new Date(Date.now() + 3_600_000),
    ...more,
  })
    .split('/')
    .at(-1) as string;
const get = async (of: string, range?: string) => {
  const answer = await GET(
    new Request(`http://localhost:3000/api/media/public/${of}`, {
      headers: { host: 'localhost:3000', ...(range === undefined ? {} : { range }) },
    }),
    { params: Promise.resolve({ token: of }) },
  );
  return { answer, body: Buffer.from(await answer.arrayBuffer()) };
};

it('serves the file to anyone who has its address, for as long as it lasts', async () => {
  const { answer, body } = await get(token());
  expect(answer.status).toBe(200);
  expect(body.equals(bytes)).toBe(true);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-length': String(bytes.length),
    'accept-ranges': 'bytes',
    'x-robots-tag': 'noindex',
    'x-content-type-options': 'nosniff',
  });
  const shortly = await get(token({ until: new Date(Date.now() + 30_000) }));
  const [, seconds] = /^private, max-age=(\d+)/.exec(shortly.answer.headers.get('cache-control') ?? '') ?? [];
  expect(Number(seconds)).toBeLessThanOrEqual(30);
});

it('serves parts, whole however long', async () => {
  const part = await get(token(), 'bytes=10-19');
  expect(part.answer.status).toBe(206);
  expect(part.answer.headers.get('content-range')).toBe(`bytes 10-19/${bytes.length}`);
  expect(part.body.equals(bytes.subarray(10, 20))).toBe(true);
  expect((await get(token(), 'bytes=-5')).body.equals(bytes.subarray(-5))).toBe(true);
  const beyond = await get(token(), `bytes=${bytes.length}-`);
  expect([beyond.answer.status, beyond.answer.headers.get('content-range')]).toEqual([
    416,
    `bytes */${bytes.length}`,
  ]);
  expect((await get(token(), `bytes=${'1'.repeat(500)}-`)).answer.status).toBe(200);
});

it('serves the version that was sent', async () => {
  const limits: MediaLimits = {
    way: 'by_address',
    pictures: { most: 1, bytes: 100_000, longestSide: 20, mimes: ['image/jpeg'] },
    gif: null,
    video: null,
    alt: { characters: 0, kinds: [] },
  };
  const { variant, bytes: size } = await fileToSend(world.ctx, fileId, limits);
  const { answer, body } = await get(token({ variant }));
  expect([answer.headers.get('content-type'), body.length]).toEqual(['image/jpeg', size]);
});

it('refuses everything else like a file that is gone', async () => {
  const good = token();
  const other = await createWorld(db);
  const gone = await addMedia(world.ctx, samplePng(5, 5, [9, 9, 1]));
  const goneToken = token({ fileId: gone });
  await db.asSystem((tx) => tx.delete(files).where(eq(files.id, gone)));
  const plain = (text: string) => Buffer.from(text).toString('base64url');
  const flipped = Buffer.from(good, 'base64url');
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  const wrong = {
    gone: goneToken,
    ended: token({ until: new Date(Date.now() - 1) }),
    'of another workspace': token({ workspaceId: other.workspaceId }),
    'another version': token({ variant: 'none' }),
    changed: flipped.toString('base64url'),
    'cut off': good.slice(0, -4),
    'sealed for something else': plain(
      seal(JSON.stringify([world.workspaceId, fileId, '', Date.now() + 1e6]), 'connection:x'),
    ),
    'with other contents': plain(seal('{"fileId":1}', 'media-address')),
    'an id': fileId,
    empty: '',
    long: 'a'.repeat(5000),
    odd: '../../secrets.json',
    'no JSON': plain(seal('nothing', 'media-address')),
    'an odd workspace': token({ workspaceId: asWorkspaceId("'; --") }),
  };
  const expected = await get(goneToken);
  expect(expected.answer.status).toBe(404);
  for (const [name, of] of Object.entries(wrong)) {
    const { answer, body } = await get(of, 'bytes=0-1');
    expect([answer.status, body.toString(), Object.fromEntries(answer.headers)], name).toEqual([
      404,
      expected.body.toString(),
      Object.fromEntries(expected.answer.headers),
    ]);
  }
});

it('outlives a change of the key as long as the old one is kept', async () => {
  const before = token();
  const second = `k2:${keyOf()}`;
  keys(`${second},${first}`);
  expect((await get(before)).answer.status).toBe(200);
  const after = token();
  keys(second);
  expect((await get(before)).answer.status).toBe(404);
  expect((await get(after)).answer.status).toBe(200);
});

it.each([
  ['http://localhost:3000', false],
  ['http://app.localhost', false],
  ['http://127.0.0.1:3000', false],
  ['http://[::1]:3000', false],
  ['http://192.168.1.4', false],
  ['http://10.0.0.1:8080', false],
  ['http://[fd00::1]', false],
  ['http://nas', false],
  ['http://printer.local', false],
  ['https://tributary.home.arpa', false],
  ['https://tributary.lan', false],
  ['https://posts.example.com', true],
  ['https://93.184.215.14', true],
  ['https://localhost.example.com', true],
])('%s can be reached from the internet: %s', (url, expected) => {
  expect(isReachable(url)).toBe(expected);
});
