import { asc, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { type Part, publications } from '@/db/schema';
import { sandboxPublicUrl } from '@/server/foundation/sandbox-config';
import { eachTestPublishes, Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { updatePost } from '../post-edits/update-post';
import { getPosting } from '../posting-control/queries';
import { startPosting } from '../posting-control/start-posting';
import { stopPosting } from '../posting-control/stop-posting';
import { undoStop } from '../posting-control/undo-stop';
import { resolveUnknown } from '../publication-recovery/resolve-unknown';
import { retryPublication } from '../publication-recovery/retry-publication';
import { cancelPublication } from '../publications/cancel-publication';
import { lookUpPublication } from './look-up-publication';
import { publishDue } from './publish-due';
import { recoverStuck } from './recover-stuck';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

const FOUR: Part[] = [{ text: 'two' }, { text: 'three', link: 'https://example.com' }, { text: 'four' }];

const lane = () =>
  publishDue({
    ctx: { ...here.world.ctx, platforms: here.platform },
    input: { connectionId: here.connectionId },
  });
/** Runs `work` while the next request is being sent. */
function meanwhile(work: () => Promise<unknown>): void {
  here.platform.beforeSend = async () => {
    here.platform.beforeSend = undefined;
    await work();
  };
}
const texts = () => here.platform.posts.map((p) => p.text);
const ALL = ['one', 'two', 'three', 'four'];
const rows = () =>
  db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(eq(publications.workspaceId, here.world.workspaceId))
      .orderBy(asc(publications.dueAt), asc(publications.id)),
  );

test('a thread goes out in order without a break, each part attached to the one before it, and nothing gets in between', async () => {
  const publication = await here.scheduleThread('one', FOUR, '2026-03-02T11:01');
  here.world.clock.advance(1);
  await here.scheduleThread('another at the same time', [], '2026-03-02T11:01');
  const claims = await claimDue({ db, clock: here.world.clock });
  here.world.clock.set(claims[0]?.dueAt ?? '');
  const report = await lane();
  expect(report.published).toBe(5);
  expect(here.platform.posts.map((p) => p.text)).toEqual([
    'one',
    'two',
    'three',
    'four',
    'another at the same time',
  ]);
  const [one, two, three] = here.platform.posts;
  expect(here.platform.posts.map((p) => p.replyTo)).toEqual([null, one?.id, two?.id, three?.id, null]);
  const all = await rows();
  expect(all.map((r) => [r.kind, r.state, r.parts.length, r.followsId])).toEqual([
    ['post', 'published', 3, null],
    ['reply', 'published', 2, publication.id],
    ['reply', 'published', 1, `${publication.id}-02`],
    ['reply', 'published', 0, `${publication.id}-03`],
    ['post', 'published', 0, null],
  ]);
  expect(all[2]?.link).toBe('https://example.com');
  // Updating a published row again does not create a second part.
  await db.asSystem((tx) => tx.update(publications).set({ state: 'published', updatedAt: sql`now()` }));
  expect(await rows()).toHaveLength(5);
});

test('after a crash between two parts, the next process sends the rest, and nothing goes out twice', async () => {
  await here.scheduleThread('one', FOUR);
  await claimDue({ db, clock: here.world.clock });
  here.platform.script.push('ok', { before: 'crash' });
  await lane().catch(() => {});
  await here.turns(10);
  expect(texts()).toEqual(ALL);
});

test('a part whose response is lost is found by a look-up below its own post, and the thread continues', async () => {
  await here.scheduleThread('one', FOUR);
  here.platform.script.push('ok', { after: 'unknown_outcome' });
  await here.turns(1);
  expect(texts()).toEqual(ALL);
  expect(here.platform.lookups).toBe(1);
  // Under the key of the attempt whose response is lost, which is the second one.
  expect(here.platform.keysLookedUp).toEqual([[here.platform.keys[1]]]);
  expect((await rows()).every((r) => r.state === 'published')).toBe(true);
});

test('when a user says that the post is there, the rest is attached to the given address or left out', async () => {
  here.platform.looksUp = false;
  const first = await here.scheduleThread('one', FOUR);
  here.world.clock.advance(1);
  const second = await here.scheduleThread('uno', [{ text: 'dos' }]);
  here.platform.script.push({ after: 'unknown_outcome' }, { after: 'unknown_outcome' });
  await here.turns(2);
  const there = { id: first.id, version: 1, answer: 'there' as const };
  await expect(resolveUnknown(here.world.ctx, there)).rejects.toMatchObject({
    code: 'invalid',
    fields: { permalink: expect.toSay('Paste the URL') },
  });
  await resolveUnknown(here.world.ctx, {
    ...there,
    permalink: `${sandboxPublicUrl()}/x/mira/status/1234567890`,
  });
  expect(here.world.events.sent.map((s) => s.name)).toContain('publishing/lane.requested');
  await lane();
  expect(here.platform.posts.find((p) => p.text === 'two')?.replyTo).toBe('1234567890');
  await resolveUnknown(here.world.ctx, { id: second.id, version: 1, answer: 'there_end' });
  await here.turns(2);
  expect(texts()).toEqual(['one', 'uno', 'two', 'three', 'four']);
});

test('a failed part can be retried, with the rest following, or ends the thread', async () => {
  for (const end of [false, true]) {
    const publication = await here.scheduleThread(`one ${end}`, FOUR);
    here.platform.script.push('ok', { before: 'rejected' });
    await here.turns(1);
    const [failed] = (await rows()).filter((r) => r.followsId === publication.id);
    expect(failed).toMatchObject({ state: 'failed', text: 'two', parts: FOUR.slice(1) });
    const input = { id: failed?.id ?? '', version: failed?.version ?? 0 };
    if (end) await cancelPublication(here.world.ctx, input);
    else await retryPublication(here.world.ctx, input);
    await here.turns(2);
  }
  expect(texts()).toEqual(['one false', 'two', 'three', 'four', 'one true']);
});

test('an edited thread goes out as edited, and a cancelled post takes its parts along', async () => {
  const publication = await here.scheduleThread('one', FOUR, '2026-03-02T11:02');
  await updatePost(here.world.ctx, {
    id: publication.postId,
    version: 1,
    variants: [{ platform: 'x', text: 'new', parts: [{ text: 'else' }] }],
  });
  // Two users edit at the same time. The second gets a conflict with the first one's parts, so neither version is lost.
  await expect(
    updatePost(here.world.ctx, {
      id: publication.postId,
      version: 1,
      variants: [{ platform: 'x', text: 'mine', parts: [] }],
    }),
  ).rejects.toMatchObject({ code: 'conflict', details: { variants: expect.stringContaining('else') } });
  const back = await here.scheduleThread('back', FOUR, '2026-03-02T11:02');
  await cancelPublication(here.world.ctx, { id: back.id, version: 1 });
  await here.turns(4);
  expect(texts()).toEqual(['new', 'else']);
});

test('a stop cancels what follows a post that is being sent, and undoing it restores the rest', async () => {
  await here.scheduleThread('one', FOUR);
  await claimDue({ db, clock: here.world.clock });
  meanwhile(() => stopPosting(here.world.ctx));
  await lane();
  const stop = (await getPosting(here.world.ctx)).stop?.id ?? '';
  await startPosting(here.world.ctx);
  await here.turns(2);
  expect(texts()).toEqual(['one']);
  expect((await rows()).map((r) => r.state)).toEqual(['published', 'cancelled']);
  await undoStop(here.world.ctx, { id: stop });
  await here.turns(2);
  expect(texts()).toEqual(ALL);
});

test('a stop can be undone immediately even if only a thread was being sent', async () => {
  await here.scheduleThread('one', FOUR);
  await claimDue({ db, clock: here.world.clock });
  meanwhile(async () => {
    const { stop } = await stopPosting(here.world.ctx);
    expect(stop).toMatchObject({ count: 1 });
    await undoStop(here.world.ctx, { id: stop?.id ?? '' });
  });
  await lane();
  await here.turns(2);
  expect(texts()).toEqual(ALL);
});

test('a cancelled post that went out after all is not followed by its parts', async () => {
  here.platform.looksUp = false;
  const publication = await here.scheduleThread('one', FOUR);
  await claimDue({ db, clock: here.world.clock });
  here.platform.afterEffect = async () => {
    here.platform.afterEffect = undefined;
    // The process sleeps past its lease. Meanwhile a user is asked and no longer wants the post.
    here.world.clock.advance(4 * 60_000);
    const { lookUps } = await recoverStuck({ db, clock: here.world.clock });
    for (const claim of lookUps)
      await lookUpPublication({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim });
    await resolveUnknown(here.world.ctx, { id: publication.id, version: 1, answer: 'not_there_leave' });
  };
  await lane();
  await here.turns(3);
  expect(texts()).toEqual(['one']);
  expect((await rows()).map((r) => r.state)).toEqual(['published', 'cancelled']);
});

test('a part whose post is out goes out however late, and a thread counts as one post of the plan', async () => {
  here = await Publisher.open(db, { plan: 'free' });
  await here.scheduleThread('one', FOUR);
  here.platform.script.push('ok', { before: 'transient' });
  await here.turns(1);
  here.world.clock.advance(3 * 86_400_000);
  await here.turns(2);
  expect(texts()).toEqual(ALL);
});

test('too many parts, an empty part and a part that is too long are refused at scheduling', async () => {
  for (const parts of [
    Array.from({ length: 25 }, (_, i) => ({ text: `${i}` })),
    [{ text: ' ' }],
    [{ text: 'x'.repeat(281) }],
  ])
    await expect(here.scheduleThread('one', parts)).rejects.toMatchObject({ code: 'invalid' });
});
