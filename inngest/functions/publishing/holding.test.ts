import { and, eq, gt } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { publicationAttempts, publications, workspaces } from '@/db/schema';
import { EmbeddedRunner } from '@/inngest/embedded/runner';
import { signals } from '@/inngest/signals';
import { setTransport } from '@/server/domains/connections/load-target';
import { connectSandbox, sendToHandler } from '@/server/domains/connections/testing';
import type { Ctx } from '@/server/domains/context';
import { pausePosting } from '@/server/domains/holding/pause-posting';
import { startPosting } from '@/server/domains/holding/start-posting';
import { stopEverything } from '@/server/domains/holding/stop-everything';
import { getPublication } from '@/server/domains/publishing/queries';
import { schedulePublications } from '@/server/domains/publishing/schedule-publications';
import { setReview, writePost } from '@/server/domains/publishing/testing';
import { ManualClock, systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { secrets } from '@/server/foundation/secrets';
import { effects } from '@/server/sandbox/control/routes';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { handleInngest } from '../../serve';

let db: Db;
let ctx: Ctx;
let sandbox: SandboxHandler;
let runner: EmbeddedRunner;
let connectionId: string;
const clock = new ManualClock(new Date(Math.floor(Date.now() / 60_000) * 60_000 + 1_000));

beforeAll(async () => {
  // The functions ask the machine's clock; here it is one that the test moves.
  vi.spyOn(systemClock, 'now').mockImplementation(() => clock.now());
  db = await freshDb();
  setDb(db);
  process.env.TRIBUTARY_SANDBOX = '1';
  const world = await createWorld(db, { timeZone: 'UTC', plan: 'agency', clock });
  ctx = { ...world.ctx, signals };
  await setReview(db, ctx, 'post_at_once');
  sandbox = sandboxHandler({
    db,
    clock,
    publicUrl: `${env().appUrl}/sandbox`,
    appUrl: env().appUrl,
    internalAppUrl: env().appUrl,
  });
  sendToHandler(sandbox);
  connectionId = (await connectSandbox(sandbox, ctx, 'x', 'mira_draws')).connectionIds[0] ?? '';
  runner = await EmbeddedRunner.create({
    db,
    handler: handleInngest,
    signingKey: secrets().inngestSigningKey,
    clock,
  });
});
afterAll(async () => {
  setTransport(undefined);
  setDb(undefined);
  vi.restoreAllMocks();
  await db.close();
});
beforeEach(() => clock.set(new Date(Math.ceil(clock.now().getTime() / 3_600_000) * 3_600_000 + 1_000)));

let keys = 0;
async function scheduleInAMinute() {
  const post = await writePost(ctx, `Asleep ${++keys}`);
  const [made] = await schedulePublications({
    ctx,
    input: {
      postId: post.id,
      version: 1,
      targets: [{ connectionId }],
      when: {
        kind: 'at',
        local: new Date(clock.now().getTime() + 60_000).toISOString().slice(0, 16),
      },
      requestKey: `asleep-${keys}-000`,
    },
  });
  await signals.send('publishing/sweep.requested', {});
  await runner.drain();
  return { id: made?.id ?? '', text: post.variants[0]?.text };
}
const started = async (since: Date) =>
  db.asSystem((tx) =>
    tx
      .select()
      .from(publicationAttempts)
      .where(
        and(eq(publicationAttempts.workspaceId, ctx.workspaceId), gt(publicationAttempts.startedAt, since)),
      ),
  );
const stateOf = async (id: string) => (await getPublication({ ctx, input: { id } })).state;

test.each([
  ['a pause', pausePosting],
  ['an emergency stop', stopEverything],
])('a run that sleeps until its time wakes up after %s and starts nothing', async (_, hold) => {
  const made = await scheduleInAMinute();
  expect(await stateOf(made.id)).toBe('queued');
  const { hold: held } = await hold({ ctx });
  const since = held?.since ?? new Date(0);
  // Past the time at which the run wakes up, and on through several sweeps.
  for (let i = 0; i < 8; i++) {
    clock.advance(15_000);
    await runner.drain();
  }
  expect(await started(since)).toEqual([]);
  expect(await stateOf(made.id)).toBe('scheduled');
  await startPosting({ ctx });
  await runner.drain();
  expect(await stateOf(made.id)).toBe('published');
  const count = await effects(sandbox.world, 'x');
  expect(count.posts.filter((p) => p.text === made.text)).toHaveLength(1);
  const [row] = await db.asSystem((tx) =>
    tx.select().from(workspaces).where(eq(workspaces.id, ctx.workspaceId)),
  );
  expect(row?.heldFor).toBeNull();
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
});
