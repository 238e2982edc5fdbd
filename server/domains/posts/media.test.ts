import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { updatePost } from '../post-edits/update-post';
import { pictureRow } from '../uploads/testing';
import { createPost } from './create-post';
import { listPosts, readPost } from './queries';
import type { UpdatePostInput } from './schemas';

let db: Db;
let world: World;
let files: string[];
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  world = await createWorld(db);
  files = [await pictureRow(db, world.ctx), await pictureRow(db, world.ctx)];
});

const media = (alt = 'A fox') => files.map((fileId, i) => ({ fileId, alt: i === 0 ? alt : '' }));
const write = () =>
  createPost(world.ctx, {
    title: 'Foxes',
    variants: [
      { platform: 'x', text: 'Foxes', media: media() },
      { platform: 'facebook', text: 'Foxes' },
    ],
  });
const save = (id: string, version: number, variants: UpdatePostInput['variants']) =>
  updatePost(world.ctx, { id, version, ...(variants ? { variants } : {}) });
const onX = (post: Awaited<ReturnType<typeof write>>) => post.variants.find((v) => v.platform === 'x');
const x = (more: Partial<NonNullable<UpdatePostInput['variants']>[number]> = {}) => [
  { platform: 'x', text: 'Foxes', ...more },
];

test('media include the known properties of their files, and the list shows the first', async () => {
  const post = await write();
  expect(onX(post)?.media).toEqual(
    media().map((m) => ({
      ...m,
      kind: 'picture',
      mime: 'image/png',
      bytes: 100,
      width: 4,
      height: 3,
      durationMs: null,
    })),
  );
  const { items } = await listPosts(world.ctx, {});
  expect(items[0]?.cover).toMatchObject({ fileId: files[0], alt: 'A fox' });
});

test('saving a text without the media field keeps its pictures, and an empty list removes them', async () => {
  const post = await write();
  const kept = await save(post.id, 1, x({ text: 'Red foxes' }));
  expect(onX(kept)).toMatchObject({ text: 'Red foxes', media: media(), version: 2 });
  expect(onX(await save(post.id, 2, undefined))?.media).toHaveLength(2);
  const without = await save(post.id, 3, x({ text: 'Red foxes', media: [] }));
  expect(onX(without)).toMatchObject({ media: [], version: 3 });
});

test('a text’s version increases when its pictures, their order or their descriptions change, and only then', async () => {
  const post = await write();
  const versions = [];
  const steps = [
    media(),
    media('Another fox'),
    media('Another fox').reverse(),
    media('Another fox').slice(0, 1),
  ];
  for (const [i, next] of steps.entries())
    versions.push(onX(await save(post.id, i + 1, x({ media: next })))?.version);
  expect(versions).toEqual([1, 2, 3, 4]);
});

test('saving on an older version returns the newer version’s pictures and writes nothing', async () => {
  const post = await write();
  await save(post.id, 1, x({ media: media('Another fox') }));
  const error = await save(post.id, 1, x({ media: [] })).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'conflict', details: { version: 2 } });
  const { details } = error as { details: { variants: string } };
  expect(JSON.parse(details.variants)).toMatchObject([{ platform: 'x', media: media('Another fox') }]);
  const { workspaceId } = world.ctx;
  const now = await db.asWorkspace(workspaceId, (tx) => readPost(tx, workspaceId, post.id));
  expect(onX(now)?.media).toHaveLength(2);
});
