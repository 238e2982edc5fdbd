import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { activity, publicationAttempts } from '@/db/schema';
import { eachTestPublishes, NOTHING, type Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { reschedulePublication } from '../planning/reschedule-publication';
import { schedulePublications } from '../planning/schedule-publications';
import { cancelPublication } from '../publications/cancel-publication';
import { publishDue } from './publish-due';
import { recoverStuck } from './recover-stuck';
import { addConnection, gated, writePost } from './testing';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

test('a due post is published once, with its link, its lateness and one activity entry', async () => {
  const publication = await here.schedule();
  expect(here.world.events.sent.map((s) => s.name)).toContain('publishing/sweep.requested');
  here.world.clock.advance(700);
  await here.turn();
  const after = await here.state(publication.id);
  expect(after).toMatchObject({ state: 'published', attempts: 1, lateByMs: 700, problem: null });
  expect(after.permalink).toContain('https://example.test/');
  expect(after.attemptRows).toMatchObject([{ number: 1, kind: 'publish', outcome: 'published' }]);
  expect(here.platform.posts).toHaveLength(1);
  const lanes = await db.asWorkspace(here.world.workspaceId, (tx) =>
    tx.select().from(activity).where(eq(activity.verb, 'publication.published')),
  );
  expect(lanes).toHaveLength(1);
});

test('the sweep claims posts that are due before the next one, once, and nothing starts early', async () => {
  const soon = await here.schedule('soon', '2026-03-02T11:01');
  await here.schedule('later', '2026-03-02T11:05');
  const claims = await claimDue({ db, clock: here.world.clock });
  expect(claims.map((c) => c.publicationId)).toEqual([soon.id]);
  expect(await claimDue({ db, clock: here.world.clock })).toEqual([]);
  const [claim] = claims;
  if (!claim) throw new Error('no claim');
  expect(await publishDue({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim })).toEqual(
    NOTHING,
  );
  here.world.clock.set(claim.dueAt);
  // One event delivered twice at the same time.
  const both = await Promise.all([
    publishDue({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim }),
    publishDue({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim }),
  ]);
  expect(both.map((b) => b.published).sort()).toEqual([0, 1]);
  expect(here.platform.posts).toHaveLength(1);
});

test('a claim is void after a reschedule, a cancellation and a lost lease', async () => {
  const made = [await here.schedule(), await here.schedule(), await here.schedule()];
  const claims = await claimDue({ db, clock: here.world.clock });
  expect(claims).toHaveLength(3);
  await reschedulePublication(here.world.ctx, {
    id: made[0]?.id ?? '',
    version: 1,
    local: '2026-03-02T18:00',
  });
  await cancelPublication(here.world.ctx, { id: made[1]?.id ?? '', version: 1 });
  here.world.clock.advance(200_000);
  expect((await recoverStuck({ db, clock: here.world.clock })).released).toBe(1);
  for (const claim of claims)
    expect(await publishDue({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim })).toEqual(
      NOTHING,
    );
  expect(here.platform.posts).toHaveLength(0);
  await here.turn();
  expect(here.platform.posts.map((p) => p.text)).toEqual([made[2]?.text]);
});

test('a single publication costs two transactions, and lanes share them under load', async () => {
  const counted = { transactions: 0 };
  const counting = gated(db, () => {
    counted.transactions++;
  });
  const ctx = { ...here.world.ctx, db: counting };
  const lanes = [here.connectionId];
  for (let i = 1; i < 50; i++) lanes.push(await addConnection(db, here.world.ctx));
  const post = await writePost(here.world.ctx, 'In a crowd');
  await schedulePublications(
    { ...here.world.ctx, platforms: here.platform },
    {
      postId: post.id,
      version: 1,
      targets: lanes.map((id) => ({ connectionId: id })),
      when: { kind: 'now' },
      requestKey: 'a-crowd-of-fifty',
    },
  );
  await claimDue({ db, clock: here.world.clock });
  await publishDue({ ctx: { ...ctx, platforms: here.platform }, input: { connectionId: here.connectionId } });
  expect(counted.transactions).toBe(2);
  counted.transactions = 0;
  await Promise.all(
    lanes.map((id) => publishDue({ ctx: { ...ctx, platforms: here.platform }, input: { connectionId: id } })),
  );
  expect(counted.transactions).toBeLessThan(12);
  expect(here.platform.posts).toHaveLength(50);
  const unsettled = await db.asSystem((tx) =>
    tx.select().from(publicationAttempts).where(sql`outcome is null and kind = 'publish'`),
  );
  expect(unsettled).toEqual([]);
});
