import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { activity, publications } from '@/db/schema';
import { EmbeddedRunner } from '@/inngest/embedded/runner';
import { signals } from '@/inngest/signals';
import { setTransport } from '@/server/domains/connections/load-target';
import { connectSandbox, sendToHandler } from '@/server/domains/connections/testing';
import type { Ctx } from '@/server/domains/context';
import { getPublication } from '@/server/domains/publishing/queries';
import { schedulePublications } from '@/server/domains/publishing/schedule-publications';
import { setReview, writePost } from '@/server/domains/publishing/testing';
import { rule } from '@/server/domains/results/testing';
import { ManualClock, systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { secrets } from '@/server/foundation/secrets';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { reposts } from '@/server/sandbox/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { handleInngest } from '../../serve';

let db: Db;
let ctx: Ctx;
let sandbox: SandboxHandler;
let runner: EmbeddedRunner;
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

test('a post that its followers like is seen and reposted by itself, once, and the page says why', async () => {
  const { connectionIds } = await connectSandbox(sandbox, ctx, 'x', 'mira_draws');
  const connectionId = connectionIds[0] ?? '';
  const post = await writePost(ctx, 'What did you draw this week?');
  const [made] = await schedulePublications({
    ctx,
    input: {
      postId: post.id,
      version: 1,
      targets: [{ connectionId }],
      when: { kind: 'now' },
      boost: rule({ atLeast: 5 }),
      requestKey: 'one-press-of-the-button',
    },
  });
  const id = made?.id ?? '';
  await runner.drain();
  expect((await getPublication({ ctx, input: { id } })).state).toBe('published');
  // The followers' time goes on by a day.
  await sandbox.world.settings.set('crowdAhead', 24 * 3_600_000);
  const later = async (rounds: number) => {
    for (let i = 0; i < rounds; i++) {
      clock.advance(10 * 60_000);
      await runner.drain();
    }
  };
  await later(4);
  const seen = await getPublication({ ctx, input: { id } });
  expect(seen.results?.likes ?? 0).toBeGreaterThanOrEqual(5);
  expect(seen.results).toMatchObject({
    boostState: 'fired',
    boostNote: expect.stringMatching(
      /^It had \d+ likes after \d+ minutes, so it is reposted, as you asked\.$/,
    ),
  });
  await later(3);
  const following = await db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.followsId, id))),
  );
  expect(following).toMatchObject([{ kind: 'repost', state: 'published' }]);
  expect(await db.raw.select().from(reposts)).toHaveLength(1);
  const told = await db.asSystem((tx) =>
    tx.select({ summary: activity.summary }).from(activity).where(eq(activity.workspaceId, ctx.workspaceId)),
  );
  expect(told.filter((a) => a.summary.includes('as you asked'))).toHaveLength(1);
  expect(told.some((a) => a.summary.startsWith('Published the repost of'))).toBe(true);
}, 240_000);
