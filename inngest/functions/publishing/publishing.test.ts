import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectSandbox } from '@/server/domains/connections/testing';
import { schedulePublications } from '@/server/domains/planning/schedule-publications';
import { getPublication } from '@/server/domains/publications/queries';
import { writePost } from '@/server/domains/publisher/testing';
import { effects } from '@/server/sandbox/control/routes';
import { type RunningApp, runningApp } from '@/tests/support/running-app';

let app: RunningApp;
beforeAll(async () => {
  app = await runningApp();
});
afterAll(() => app.close());

test('"post now" goes through the runner, the functions and the connector to the platform, exactly once', async () => {
  const { connectionIds } = await connectSandbox(app.sandbox, app.ctx, 'x', 'mira_draws');
  const post = await writePost(app.ctx, 'From the button to the timeline');
  const input = {
    postId: post.id,
    version: 1,
    targets: connectionIds.map((connectionId) => ({ connectionId })),
    when: { kind: 'now' as const },
    requestKey: 'one-press-of-the-button',
  };
  const [publication] = await schedulePublications(app.ctx, input);
  await schedulePublications(app.ctx, input);
  await app.runner.drain();
  const after = await getPublication(app.ctx, { id: publication?.id ?? '' });
  expect(after).toMatchObject({ state: 'published', attempts: 1 });
  const count = await effects(app.sandbox.world, 'x');
  expect(count.posts.filter((p) => p.text === post.variants[0]?.text)).toHaveLength(1);
});
