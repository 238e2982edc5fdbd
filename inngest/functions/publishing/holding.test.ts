import { and, eq, gt } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { publicationAttempts, publications, workspaces } from '@/db/schema';
import { events } from '@/inngest/event-publisher';
import { connectSandbox } from '@/server/domains/connections/testing';
import { pausePosting } from '@/server/domains/posting-control/pause-posting';
import { startPosting } from '@/server/domains/posting-control/start-posting';
import { stopEverything } from '@/server/domains/posting-control/stop-everything';
import { getPublication } from '@/server/domains/publications/queries';
import { writePost } from '@/server/domains/publisher/testing';
import { effects } from '@/server/sandbox/control/routes';
import { schedulePost } from '@/tests/support/publisher';
import { type RunningApp, runningApp } from '@/tests/support/running-app';

let connectionId: string;
let app: RunningApp;
beforeAll(async () => {
  app = await runningApp();
  connectionId = (await connectSandbox(app.sandbox, app.ctx, 'x', 'mira_draws')).connectionIds[0] ?? '';
});
afterAll(() => app.close());
beforeEach(() =>
  app.clock.set(new Date(Math.ceil(app.clock.now().getTime() / 3_600_000) * 3_600_000 + 1_000)),
);

let posts = 0;
async function scheduleInAMinute() {
  const post = await writePost(app.ctx, `Asleep ${++posts}`);
  const at = new Date(app.clock.now().getTime() + 60_000).toISOString().slice(0, 16);
  const publication = await schedulePost(app, { post, on: connectionId, at });
  await events.publish('publishing/sweep.requested', {});
  await app.runner.drain();
  return { id: publication.id, text: post.variants[0]?.text };
}
const started = async (since: Date) =>
  app.db.asSystem((tx) =>
    tx
      .select()
      .from(publicationAttempts)
      .where(
        and(
          eq(publicationAttempts.workspaceId, app.ctx.workspaceId),
          gt(publicationAttempts.startedAt, since),
        ),
      ),
  );
const stateOf = async (id: string) => (await getPublication(app.ctx, { id })).state;

test.each([
  ['a pause', pausePosting],
  ['an emergency stop', stopEverything],
])('a run that sleeps until its due time wakes up after %s and starts nothing', async (_, hold) => {
  const publication = await scheduleInAMinute();
  expect(await stateOf(publication.id)).toBe('queued');
  const { hold: held } = await hold(app.ctx);
  const since = held?.since ?? new Date(0);
  // Advance past the time at which the run wakes up, and through several sweeps.
  for (let i = 0; i < 8; i++) {
    app.clock.advance(15_000);
    await app.runner.drain();
  }
  expect(await started(since)).toEqual([]);
  expect(await stateOf(publication.id)).toBe('scheduled');
  await startPosting(app.ctx);
  await app.runner.drain();
  expect(await stateOf(publication.id)).toBe('published');
  const count = await effects(app.sandbox.world, 'x');
  expect(count.posts.filter((p) => p.text === publication.text)).toHaveLength(1);
  const [row] = await app.db.asSystem((tx) =>
    tx.select().from(workspaces).where(eq(workspaces.id, app.ctx.workspaceId)),
  );
  expect(row?.heldFor).toBeNull();
  await app.db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
});
