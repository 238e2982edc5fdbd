import { vi } from 'vitest';
import { setDb } from '@/db/client';
import { EmbeddedRunner } from '@/inngest/embedded/runner';
import { events } from '@/inngest/event-publisher';
import { runLog } from '@/inngest/middleware/run-log';
import { handleInngest } from '@/inngest/serve';
import { setTransport } from '@/server/domains/connections/load-target';
import { sendToHandler } from '@/server/domains/connections/testing';
import { setReview } from '@/server/domains/publisher/testing';
import { ManualClock, systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { secrets } from '@/server/foundation/secrets';
import { sandboxHandler } from '@/server/sandbox/handler';
import type { Ctx } from '@/server/verbs/context';
import { freshDb } from './db';
import { createWorld } from './world';

export type RunningApp = Awaited<ReturnType<typeof runningApp>>;

/**
 * Starts an app for tests: a UTC workspace whose posts are published immediately, the app's own functions on the embedded runner, and the
 * sandbox in place of every platform. The test controls the system clock that the functions read. `runner.drain()` does the work.
 */
export async function runningApp() {
  // Fixed, so that likes and crons are deterministic. It is the beginning of a minute, so that no cron fires between two steps of a test.
  const clock = new ManualClock(new Date('2026-03-02T10:00:01Z'));
  vi.spyOn(systemClock, 'now').mockImplementation(() => clock.now());
  const db = await freshDb();
  setDb(db);
  process.env.TRIBUTARY_SANDBOX = '1';
  const world = await createWorld(db, { timeZone: 'UTC', plan: 'agency', clock });
  const ctx: Ctx = { ...world.ctx, events };
  await setReview(db, ctx, 'post_at_once');
  const { appUrl } = env();
  const sandbox = sandboxHandler({
    db,
    clock,
    publicUrl: `${appUrl}/sandbox`,
    appUrl,
    internalAppUrl: appUrl,
  });
  sendToHandler(sandbox);
  const signingKey = secrets().inngestSigningKey;
  const runner = await EmbeddedRunner.create({ db, handler: handleInngest, signingKey, clock });
  return {
    db,
    clock,
    ctx,
    sandbox,
    runner,
    async close() {
      // Writes the outstanding run records to this database, so that they do not end up in that of the next test.
      await runLog.flush();
      setTransport(undefined);
      setDb(undefined);
      vi.restoreAllMocks();
      await db.close();
    },
  };
}
