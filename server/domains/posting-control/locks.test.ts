import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db, Tx } from '@/db/client';
import { publicationMedia, publications } from '@/db/schema';
import { freshDb, untilSomebodyWaits } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { uploading } from '@/tests/support/platforms';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { actOnDeadlines } from '../approvals/act-on-deadlines';
import { setFollowUpRule } from '../follow-ups/set-follow-up-rule';
import { setEvergreen } from '../planning/evergreen';
import { schedulePublications } from '../planning/schedule-publications';
import { removePost } from '../post-edits/remove-post';
import { updatePost } from '../post-edits/update-post';
import { createPost } from '../posts/create-post';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { giveUpOnMedia } from '../uploads/give-up';
import { retryMedia } from '../uploads/retry-media';
import { pictureRow } from '../uploads/testing';
import { uploadMedia } from '../uploads/upload-media';
import { lockWorkspace } from '../workspaces/lock-workspace';

// Stops and scheduling lock the workspace before its rows. A transaction that locks a row first, and then writes something that refers to
// the workspace, would deadlock with them. The embedded database has a single session, so there the transactions only run one after the
// other.
let db: Db;
let world: World;
const platform = new FakePlatform();
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
  world = await createWorld(db, { plan: 'agency' });
  await setReview(db, world.ctx, 'post_at_once');
});

const every = {
  posts: sql`select id from posts for update`,
  publications: sql`select id from publications for update`,
  approvals: sql`select id from approvals for update`,
};
/** Runs `act` beside a transaction like that of a stop, which holds the workspace and locks the rows once `act` waits for it. */
async function beside(rows: keyof typeof every, act: () => Promise<unknown>): Promise<unknown> {
  let acting: Promise<unknown> = Promise.resolve();
  await db.asWorkspace(world.workspaceId, async (tx: Tx) => {
    await lockWorkspace(tx, world.workspaceId);
    acting = act();
    // The returned promise reports the failure; this only prevents an unhandled rejection until then.
    acting.catch(() => {});
    await untilSomebodyWaits(tx);
    await tx.execute(every[rows]);
  });
  return acting;
}
async function pictured(upload: 'waiting' | 'failed'): Promise<string> {
  const fileId = await pictureRow(db, world.ctx);
  const post = await createPost(world.ctx, {
    title: 'A fox',
    variants: [{ platform: 'x', text: '', media: [{ fileId }] }],
  });
  const [publication] = await schedulePublications(
    { ...world.ctx, platforms: platform },
    {
      postId: post.id,
      version: 1,
      targets: [{ connectionId: await addConnection(db, world.ctx) }],
      when: { kind: 'now' },
      requestKey: `lock-${post.id}`,
    },
  );
  const id = publication?.id ?? '';
  await db.asSystem((tx) =>
    tx.update(publicationMedia).set({ state: upload }).where(eq(publicationMedia.publicationId, id)),
  );
  return id;
}

test('an expired approval is decided without a deadlock', async () => {
  await setReview(db, world.ctx, 'review_first', 'keep');
  const post = await writePost(world.ctx);
  const on = await addConnection(db, world.ctx);
  await schedulePublications(
    { ...(await actingAs(world, 'operator')), platforms: platform },
    {
      postId: post.id,
      version: 1,
      targets: [{ connectionId: on }],
      when: { kind: 'now' },
      requestKey: `lock-${post.id}`,
    },
  );
  world.clock.advance(2 * 86_400_000);
  const act = () => actOnDeadlines({ db, now: world.clock.now(), ctxOf: async () => world.ctx });
  expect(await beside('approvals', act)).toMatchObject({ kept: 1 });
});

test('a failing upload raises its alert without a deadlock', async () => {
  const publicationId = await pictured('waiting');
  const refuses = uploading(async () => ({ state: 'failed' as const, problem: plain('It cannot be read.') }));
  const act = () => uploadMedia({ ctx: { ...world.ctx, platforms: refuses }, input: { publicationId } });
  expect(await beside('publications', act)).toEqual({ waitMs: null });
});

test('giving up a post because of its pictures causes no deadlock', async () => {
  await pictured('failed');
  world.clock.advance(60_000);
  const act = () => giveUpOnMedia({ db, clock: world.clock, ctxOf: async () => world.ctx });
  expect(await beside('publications', act)).toBe(1);
});

test('restarting an upload causes no deadlock', async () => {
  const id = await pictured('failed');
  const act = () => retryMedia(world.ctx, { id });
  expect(await beside('publications', act)).toMatchObject({ id, media: [{ state: 'waiting' }] });
});

test('changing a follow-up rule causes no deadlock', async () => {
  const id = await pictured('waiting');
  await beside('publications', () =>
    setFollowUpRule({ ...world.ctx, platforms: platform }, { id, followUpRule: null }),
  );
});

test('editing, recycling and removing a post cause no deadlock', async () => {
  const { id } = await writePost(world.ctx);
  const variants = ['x', 'facebook'].map((on) => ({ platform: on, text: 'Hello' }));
  await beside('posts', () => updatePost(world.ctx, { id, version: 1, variants }));
  const evergreen = (version: number) => setEvergreen(world.ctx, { postId: id, gapDays: 5, version });
  await evergreen(0);
  await beside('posts', () => evergreen(1));
  const other = await writePost(world.ctx);
  await beside('posts', () => removePost(world.ctx, { id: other.id }));
});
