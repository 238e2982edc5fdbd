import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { publications } from '@/db/schema';
import { EmbeddedRunner } from '@/inngest/embedded/runner';
import { createSeries } from '@/server/domains/planning/create-series';
import { setEvergreen } from '@/server/domains/planning/evergreen';
import { everyDay } from '@/server/domains/planning/testing';
import { addConnection, setReview, writePost } from '@/server/domains/publisher/testing';
import { ManualClock, systemClock } from '@/server/foundation/clock';
import { secrets } from '@/server/foundation/secrets';
import { freshDb } from '@/tests/support/db';
import { eventually } from '@/tests/support/eventually';
import { createWorld, type World } from '@/tests/support/world';
import { runLog } from '../../middleware/run-log';
import { handleInngest } from '../../serve';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  setDb(db);
});
afterAll(async () => {
  await runLog.flush();
  setDb(undefined);
  await db.close();
});
const rows = (world: World) =>
  db.asSystem((tx) => tx.select().from(publications).where(eq(publications.workspaceId, world.workspaceId)));

test('every hour, missing occurrences are created in all workspaces and free slots of the next day are filled', async () => {
  const worlds: World[] = [];
  for (let i = 0; i < 2; i++) {
    const world = await createWorld(db, { plan: 'pro', timeZone: 'Asia/Kathmandu' });
    await setReview(db, world.ctx, 'post_at_once');
    const ctx = { ...world.ctx, clock: systemClock };
    const [repeats, recycles] = [await addConnection(db, ctx), await addConnection(db, ctx, 'facebook')];
    const post = await writePost(ctx, `Again ${i}`);
    await createSeries(ctx, {
      postId: post.id,
      version: 1,
      targets: [{ connectionId: repeats }],
      unit: 'day',
      every: 1,
      startDay: new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10),
      time: '09:00',
      ends: { kind: 'after', count: 4 },
      requestKey: 'every-day-1',
    });
    // Delete them, as if they had never been created.
    await db.asSystem((tx) => tx.delete(publications).where(eq(publications.workspaceId, world.workspaceId)));
    await everyDay(db, ctx, recycles, [0, 360, 720, 1080]);
    const green = await writePost(ctx, `Green ${i}`, ['facebook']);
    await setEvergreen(ctx, { postId: green.id, gapDays: 30, version: 0 });
    worlds.push(world);
  }
  const clock = new ManualClock(new Date().toISOString());
  const runner = await EmbeddedRunner.create({
    db,
    handler: handleInngest,
    signingKey: secrets().inngestSigningKey,
    clock,
  });
  const found = async () => {
    const all: string[][] = [];
    for (const world of worlds) all.push((await rows(world)).map((row) => row.text.slice(0, 5)).sort());
    return all;
  };
  const whole = ['Again', 'Again', 'Again', 'Again', 'Green'];
  const anHour = async () => {
    for (let i = 0; i < 4; i++) {
      clock.advance(900_000);
      await runner.drain();
    }
  };
  await anHour();
  await eventually(async () => {
    await runner.drain();
    expect(await found()).toEqual([whole, whole]);
  });
  // The next hour creates nothing new.
  await anHour();
  expect(await found()).toEqual([whole, whole]);
});
