import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { EmbeddedRunner } from '@/inngest/embedded/runner';
import { signals } from '@/inngest/signals';
import { setTransport } from '@/server/domains/connections/load-target';
import { connectSandbox, sendToHandler } from '@/server/domains/connections/testing';
import type { Ctx } from '@/server/domains/context';
import { getPublication } from '@/server/domains/publishing/queries';
import { schedulePublications } from '@/server/domains/publishing/schedule-publications';
import { setReview, writePost } from '@/server/domains/publishing/testing';
import { systemClock } from '@/server/foundation/clock';
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
beforeAll(async () => {
  db = await freshDb();
  setDb(db);
  process.env.TRIBUTARY_SANDBOX = '1';
  const world = await createWorld(db, { timeZone: 'Asia/Kathmandu' });
  ctx = { ...world.ctx, clock: systemClock, signals };
  await setReview(db, ctx, 'post_at_once');
  sandbox = sandboxHandler({
    db,
    clock: systemClock,
    publicUrl: `${env().appUrl}/sandbox`,
    appUrl: env().appUrl,
    internalAppUrl: env().appUrl,
  });
  sendToHandler(sandbox);
});
afterAll(async () => {
  setTransport(undefined);
  setDb(undefined);
  await db.close();
});

test('"post now" goes through the runner, the functions and the connector to the platform, once', async () => {
  const { connectionIds } = await connectSandbox(sandbox, ctx, 'x', 'mira_draws');
  const post = await writePost(ctx, 'From the button to the timeline');
  const runner = await EmbeddedRunner.create({
    db,
    handler: handleInngest,
    signingKey: secrets().inngestSigningKey,
    clock: systemClock,
  });
  const input = {
    postId: post.id,
    version: 1,
    targets: connectionIds.map((connectionId) => ({ connectionId })),
    when: { kind: 'now' as const },
    requestKey: 'one-press-of-the-button',
  };
  const [made] = await schedulePublications({ ctx, input });
  await schedulePublications({ ctx, input });
  await runner.drain();
  const after = await getPublication({ ctx, input: { id: made?.id ?? '' } });
  expect(after).toMatchObject({ state: 'published', attempts: 1 });
  const count = await effects(sandbox.world, 'x');
  expect(count.posts.filter((p) => p.text === post.variants[0]?.text)).toHaveLength(1);
});
