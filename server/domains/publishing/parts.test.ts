import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { type Part, publications } from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { claimDue } from './claim-due';
import { publishDue } from './publish-due';
import { schedulePublications } from './schedule-publications';
import { addConnection, FakePlatform, setReview, writePost } from './testing';

let db: Db;
let world: World;
let platform: FakePlatform;
let connectionId: string;
let keys = 0;

beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
  world = await createWorld(db, { plan: 'agency', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  platform = new FakePlatform();
  connectionId = await addConnection(db, world.ctx);
});

const FOUR: Part[] = [{ text: 'two' }, { text: 'three', link: 'https://example.com' }, { text: 'four' }];

async function schedule(text: string, parts: Part[], local?: string) {
  const post = await writePost(world.ctx, text);
  const [made] = await schedulePublications({
    ctx: world.ctx,
    platform,
    input: {
      postId: post.id,
      version: 1,
      targets: [{ connectionId }],
      when: local ? { kind: 'at', local } : { kind: 'now' },
      requestKey: `parts-${++keys}-000`,
    },
  });
  if (!made) throw new Error('nothing was scheduled');
  await db.asSystem((tx) => tx.update(publications).set({ parts }).where(eq(publications.id, made.id)));
  return made;
}
const rows = () =>
  db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(eq(publications.workspaceId, world.workspaceId))
      .orderBy(asc(publications.dueAt), asc(publications.id)),
  );

test('a thread goes out in order at once, each part attached to the one before it, and nothing gets in between', async () => {
  const made = await schedule('one', FOUR, '2026-03-02T11:01');
  world.clock.advance(1);
  await schedule('another at the same time', [], '2026-03-02T11:01');
  const claims = await claimDue({ db, clock: world.clock });
  world.clock.set(claims[0]?.dueAt ?? '');
  const report = await publishDue({ ctx: world.ctx, input: { connectionId }, platform });
  expect(report.published).toBe(5);
  expect(platform.posts.map((p) => p.text)).toEqual([
    'one',
    'two',
    'three',
    'four',
    'another at the same time',
  ]);
  const [one, two, three] = platform.posts;
  expect(platform.posts.map((p) => p.replyTo)).toEqual([null, one?.id, two?.id, three?.id, null]);
  const all = await rows();
  expect(all.map((r) => [r.kind, r.state, r.parts.length, r.followsId])).toEqual([
    ['post', 'published', 3, null],
    ['reply', 'published', 2, made.id],
    ['reply', 'published', 1, `${made.id}-02`],
    ['reply', 'published', 0, `${made.id}-03`],
    ['post', 'published', 0, null],
  ]);
  expect(all[2]?.link).toBe('https://example.com');
  // Whatever touches a published row again makes no second one.
  await db.asSystem((tx) => tx.update(publications).set({ state: 'published', updatedAt: sql`now()` }));
  expect(await rows()).toHaveLength(5);
});
