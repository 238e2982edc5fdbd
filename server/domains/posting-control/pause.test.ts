import { and, eq, gt } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { publicationAttempts, publications, workspaces } from '@/db/schema';
import { eachTestPublishes, Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { publishDue } from '../publisher/publish-due';
import { addConnection } from '../publisher/testing';
import { pausePosting } from './pause-posting';
import { startPosting } from './start-posting';
import { stopEverything } from './stop-everything';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

const MINUTE = 60_000;
const state = async (id: string) => (await here.state(id)).state;

test('while paused, nothing is published, the queue is kept and claims are released', async () => {
  const [now, later] = [await here.scheduleIn(0), await here.scheduleIn(30)];
  await claimDue({ db, clock: here.world.clock });
  expect(await state(now.id)).toBe('queued');
  const paused = await pausePosting(here.world.ctx);
  expect(paused).toMatchObject({ hold: { kind: 'pause', by: 'Test owner', sending: 0 }, waiting: 2 });
  expect([await state(now.id), await state(later.id)]).toEqual(['scheduled', 'scheduled']);
  // The run that was started for the claim still arrives, and sweeps go on.
  await publishDue({
    ctx: { ...here.world.ctx, platforms: here.platform },
    input: { connectionId: here.connectionId },
  });
  expect(await here.turn()).toEqual([]);
  expect(here.platform.posts).toEqual([]);
  // Writing and scheduling go on.
  await here.scheduleIn(45);
  here.world.clock.advance(10 * MINUTE);
  const started = await startPosting(here.world.ctx);
  expect(started.hold).toBeNull();
  expect(here.world.events.sent.at(-1)?.name).toBe('publishing/sweep.requested');
  await here.turn();
  expect(here.platform.posts).toHaveLength(1);
  expect(await state(now.id)).toBe('published');
});

test('a held workspace with more due rows than a batch does not hold up others', async () => {
  for (let i = 0; i < 5; i++) await here.scheduleIn(0);
  await pausePosting(here.world.ctx);
  const { clock } = here.world;
  const other = await Publisher.open(db, { clock });
  clock.advance(2 * MINUTE);
  const theirs = await other.scheduleIn(0);
  const claims = await claimDue({ db, clock, limit: 3 });
  expect(claims.map((c) => c.publicationId)).toEqual([theirs.id]);
});

test('a post that is being sent when the hold begins is completed, recorded and counted', async () => {
  const publication = await here.scheduleIn(0);
  await claimDue({ db, clock: here.world.clock });
  let seen = 0;
  here.platform.afterEffect = async () => {
    seen = (await stopEverything(here.world.ctx)).hold?.sending ?? 0;
  };
  await publishDue({
    ctx: { ...here.world.ctx, platforms: here.platform },
    input: { connectionId: here.connectionId },
  });
  expect(seen).toBe(1);
  expect(await state(publication.id)).toBe('published');
});

test('no attempt starts after a hold returns, however many lanes and claims are in flight', async () => {
  const lanes = [here.connectionId];
  for (let i = 0; i < 7; i++) lanes.push(await addConnection(db, here.world.ctx));
  for (const lane of lanes) for (let i = 0; i < 4; i++) await here.scheduleIn(0, lane);
  await claimDue({ db, clock: here.world.clock });
  const tick = setInterval(() => here.world.clock.advance(1), 1);
  let held = false;
  let startedAfter = 0;
  here.platform.afterEffect = async () => {
    if (held) startedAfter++;
  };
  const running = lanes.map((lane) =>
    publishDue({ ctx: { ...here.world.ctx, platforms: here.platform }, input: { connectionId: lane } }).catch(
      () => {},
    ),
  );
  await pausePosting(here.world.ctx);
  const [workspace] = await db.asSystem((tx) =>
    tx.select().from(workspaces).where(eq(workspaces.id, here.world.workspaceId)),
  );
  const sending = await db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(and(eq(publications.workspaceId, here.world.workspaceId), eq(publications.state, 'publishing'))),
  );
  held = true;
  const before = here.platform.posts.length;
  await Promise.all(running);
  for (let i = 0; i < 5; i++) await here.turn();
  clearInterval(tick);
  // Only posts that were being sent when the hold returned still arrive.
  expect(here.platform.posts.length - before).toBeLessThanOrEqual(sending.length);
  expect(startedAfter).toBeLessThanOrEqual(sending.length);
  const late = await db.asSystem((tx) =>
    tx
      .select()
      .from(publicationAttempts)
      .where(
        and(
          eq(publicationAttempts.workspaceId, here.world.workspaceId),
          gt(publicationAttempts.startedAt, workspace?.heldAt ?? new Date(0)),
        ),
      ),
  );
  expect(late).toEqual([]);
  await startPosting(here.world.ctx);
  for (let i = 0; i < 3; i++) await here.turn();
  expect(here.platform.posts).toHaveLength(lanes.length * 4);
});
