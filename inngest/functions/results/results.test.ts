import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activity, publications } from '@/db/schema';
import { english } from '@/i18n/words';
import { connectSandbox } from '@/server/domains/connections/testing';
import { schedulePublications } from '@/server/domains/planning/schedule-publications';
import { getPublication } from '@/server/domains/publications/queries';
import { writePost } from '@/server/domains/publisher/testing';
import { rule } from '@/server/domains/results/testing';
import { reposts } from '@/server/sandbox/schema';
import { type RunningApp, runningApp } from '@/tests/support/running-app';

let app: RunningApp;
beforeAll(async () => {
  app = await runningApp();
});
afterAll(() => app.close());

test('a post that gets enough likes is reposted automatically, exactly once, and the page gives the reason', async () => {
  const { connectionIds } = await connectSandbox(app.sandbox, app.ctx, 'x', 'mira_draws');
  const connectionId = connectionIds[0] ?? '';
  const post = await writePost(app.ctx, 'What did you draw this week?');
  const [publication] = await schedulePublications(app.ctx, {
    postId: post.id,
    version: 1,
    targets: [{ connectionId }],
    when: { kind: 'now' },
    followUpRule: rule({ atLeast: 5 }),
    requestKey: 'one-press-of-the-button',
  });
  const id = publication?.id ?? '';
  await app.runner.drain();
  expect((await getPublication(app.ctx, { id })).state).toBe('published');
  // Advance the followers' time by a day.
  await app.sandbox.world.settings.set('crowdAhead', 24 * 3_600_000);
  const later = async (rounds: number) => {
    for (let i = 0; i < rounds; i++) {
      app.clock.advance(10 * 60_000);
      await app.runner.drain();
    }
  };
  await later(4);
  const seen = await getPublication(app.ctx, { id });
  expect(seen.results?.likes ?? 0).toBeGreaterThanOrEqual(5);
  expect(seen.results).toMatchObject({
    followUpState: 'completed',
    followUpNote: expect.toSay(
      /^It had \d+ likes after \d+ minutes, so it is reposted, as your rule says\.$/,
    ),
  });
  await later(3);
  const following = await app.db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(and(eq(publications.workspaceId, app.ctx.workspaceId), eq(publications.followsId, id))),
  );
  expect(following).toMatchObject([{ kind: 'repost', state: 'published' }]);
  expect(await app.db.raw.select().from(reposts)).toHaveLength(1);
  const entries = await app.db.asSystem((tx) =>
    tx
      .select({ summary: activity.summary })
      .from(activity)
      .where(eq(activity.workspaceId, app.ctx.workspaceId)),
  );
  expect(entries.filter((a) => english(a.summary).includes('as your rule says'))).toHaveLength(1);
  expect(entries.some((a) => english(a.summary).startsWith('Published the repost of'))).toBe(true);
}, 240_000);
