import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { type Part, publications } from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { getPosting } from '../holding/queries';
import { startPosting } from '../holding/start-posting';
import { stopPosting } from '../holding/stop-posting';
import { undoStop } from '../holding/undo-stop';
import { createPost } from '../posts/create-post';
import { updatePost } from '../posts/update-post';
import { cancelPublication } from './cancel-publication';
import { claimDue } from './claim-due';
import { lookUpPublication } from './look-up-publication';
import { publishDue } from './publish-due';
import { recoverStuck } from './recover-stuck';
import { resolveUnknown } from './resolve-unknown';
import { retryPublication } from './retry-publication';
import { schedulePublications } from './schedule-publications';
import { addConnection, FakePlatform, setReview } from './testing';

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
  const post = await createPost({
    ctx: world.ctx,
    input: { title: text, variants: [{ platform: 'x', text, parts }] },
  });
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
  return made;
}
const line = () => publishDue({ ctx: world.ctx, input: { connectionId }, platform });
/** Sweep, publish, recover, look up; then the clock goes on. */
async function turns(n: number, stepMs = 60_000) {
  for (let i = 0; i < n; i++) {
    await claimDue({ db, clock: world.clock });
    await line().catch(() => {});
    const { lookUps } = await recoverStuck({ db, clock: world.clock });
    for (const claim of lookUps) await lookUpPublication({ ctx: world.ctx, input: claim, platform });
    world.clock.advance(stepMs);
  }
}
const texts = () => platform.posts.map((p) => p.text);
const ALL = ['one', 'two', 'three', 'four'];
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

test('a process that dies after a part is settled leaves the rest to the next one, and nothing goes out twice', async () => {
  await schedule('one', FOUR);
  await claimDue({ db, clock: world.clock });
  platform.script.push('ok', { before: 'crash' });
  await line().catch(() => {});
  await turns(10);
  expect(texts()).toEqual(ALL);
});

test('a part whose answer is lost is found by a look-up below its own post, and the thread goes on', async () => {
  await schedule('one', FOUR);
  platform.script.push('ok', { after: 'unknown_outcome' });
  await turns(1);
  expect(texts()).toEqual(ALL);
  expect(platform.lookups).toBe(1);
  expect((await rows()).every((r) => r.state === 'published')).toBe(true);
});

test('a person says that it is there: the rest hangs on the address that they give, or is left out', async () => {
  connectionId = await addConnection(db, world.ctx);
  platform.looksUp = false;
  const first = await schedule('one', FOUR);
  world.clock.advance(1);
  const second = await schedule('uno', [{ text: 'dos' }]);
  platform.script.push({ after: 'unknown_outcome' }, { after: 'unknown_outcome' });
  await turns(2);
  const there = { id: first.id, version: 1, answer: 'there' as const };
  await expect(resolveUnknown({ ctx: world.ctx, input: there })).rejects.toMatchObject({
    code: 'invalid',
    fields: { permalink: expect.any(String) },
  });
  await resolveUnknown({
    ctx: world.ctx,
    input: { ...there, permalink: 'https://x.com/mira/status/1234567890' },
  });
  expect(world.signals.sent.map((s) => s.name)).toContain('publishing/line.requested');
  await line();
  expect(platform.posts.find((p) => p.text === 'two')?.replyTo).toBe('1234567890');
  await resolveUnknown({ ctx: world.ctx, input: { id: second.id, version: 1, answer: 'there_end' } });
  await turns(2);
  expect(texts()).toEqual(['one', 'uno', 'two', 'three', 'four']);
});

test('a part that failed can be tried again, and then the rest goes; or the thread ends there', async () => {
  for (const end of [false, true]) {
    const made = await schedule(`one ${end}`, FOUR);
    platform.script.push('ok', { before: 'rejected' });
    await turns(1);
    const [failed] = (await rows()).filter((r) => r.followsId === made.id);
    expect(failed).toMatchObject({ state: 'failed', text: 'two', parts: FOUR.slice(1) });
    const input = { id: failed?.id ?? '', version: failed?.version ?? 0 };
    if (end) await cancelPublication({ ctx: world.ctx, input });
    else await retryPublication({ ctx: world.ctx, input });
    await turns(2);
  }
  expect(texts()).toEqual(['one false', 'two', 'three', 'four', 'one true']);
});

test('what was scheduled goes out, whatever is edited after; a taken-back post takes its parts along', async () => {
  const made = await schedule('one', FOUR, '2026-03-02T11:02');
  await updatePost({
    ctx: world.ctx,
    input: {
      id: made.postId,
      version: 1,
      variants: [{ platform: 'x', text: 'new', parts: [{ text: 'else' }] }],
    },
  });
  // Two people at once: the second one's parts are not lost, they get the first one's.
  await expect(
    updatePost({
      ctx: world.ctx,
      input: { id: made.postId, version: 1, variants: [{ platform: 'x', text: 'mine', parts: [] }] },
    }),
  ).rejects.toMatchObject({ code: 'conflict', details: { variants: expect.stringContaining('else') } });
  const back = await schedule('back', FOUR, '2026-03-02T11:02');
  await cancelPublication({ ctx: world.ctx, input: { id: back.id, version: 1 } });
  await turns(4);
  expect(texts()).toEqual(ALL);
});

test('a stop takes along what follows a post that is on its way; undoing it brings the rest back', async () => {
  await schedule('one', FOUR);
  await claimDue({ db, clock: world.clock });
  platform.beforeSend = async () => {
    platform.beforeSend = undefined;
    await stopPosting({ ctx: world.ctx });
  };
  await line();
  const stop = (await getPosting({ ctx: world.ctx })).stop?.id ?? '';
  await startPosting({ ctx: world.ctx });
  await turns(2);
  expect(texts()).toEqual(['one']);
  expect((await rows()).map((r) => r.state)).toEqual(['published', 'cancelled']);
  await undoStop({ ctx: world.ctx, input: { id: stop } });
  await turns(2);
  expect(texts()).toEqual(ALL);
});

test('a stop with nothing but a thread on its way can be undone at once', async () => {
  await schedule('one', FOUR);
  await claimDue({ db, clock: world.clock });
  platform.beforeSend = async () => {
    platform.beforeSend = undefined;
    const { stop } = await stopPosting({ ctx: world.ctx });
    expect(stop).toMatchObject({ count: 1 });
    await undoStop({ ctx: world.ctx, input: { id: stop?.id ?? '' } });
  };
  await line();
  await turns(2);
  expect(texts()).toEqual(ALL);
});

test('a post that was taken back and went out after all goes out without what would follow it', async () => {
  platform.looksUp = false;
  const made = await schedule('one', FOUR);
  await claimDue({ db, clock: world.clock });
  platform.afterEffect = async () => {
    platform.afterEffect = undefined;
    // The process sleeps past its lease; meanwhile a person is asked, and does not want the post any more.
    world.clock.advance(4 * 60_000);
    const { lookUps } = await recoverStuck({ db, clock: world.clock });
    for (const claim of lookUps) await lookUpPublication({ ctx: world.ctx, input: claim, platform });
    await resolveUnknown({ ctx: world.ctx, input: { id: made.id, version: 1, answer: 'not_there_leave' } });
  };
  await line();
  await turns(3);
  expect(texts()).toEqual(['one']);
  expect((await rows()).map((r) => r.state)).toEqual(['published', 'cancelled']);
});

test('a part whose post is out goes on however late, and a thread is one post of the plan', async () => {
  world = await createWorld(db, { plan: 'free', timeZone: 'UTC' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
  await schedule('one', FOUR);
  platform.script.push('ok', { before: 'transient' });
  await turns(1);
  world.clock.advance(3 * 86_400_000);
  await turns(2);
  expect(texts()).toEqual(ALL);
});

test('too many parts, an empty one and one that is too long are refused when it is scheduled', async () => {
  for (const parts of [
    Array.from({ length: 25 }, (_, i) => ({ text: `${i}` })),
    [{ text: ' ' }],
    [{ text: 'x'.repeat(281) }],
  ])
    await expect(schedule('one', parts)).rejects.toMatchObject({ code: 'invalid' });
});
