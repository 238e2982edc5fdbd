import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type FollowUpRule, publications } from '@/db/schema';
import { getDefaultFollowUpRule, saveDefaultFollowUpRule } from '../follow-up-rules/default-follow-up-rule';
import { schedulePublications } from '../planning/schedule-publications';
import { getPublication } from '../publications/queries';
import { addConnection, writePost } from '../publisher/testing';
import { followPublished } from '../results/due';
import { readResults } from '../results/read-results';
import { publishedPost, resultsOf, rule } from '../results/testing';
import { setFollowUpRule } from './set-follow-up-rule';
import { eachTestFollowsUp, type FollowUpBench, HOUR, MINUTE } from './testing';

let here: FollowUpBench;
eachTestFollowsUp((own) => {
  here = own;
});

describe('a rule', () => {
  it('does nothing if it was removed after its threshold was reached', async () => {
    const { id } = await here.reached(rule());
    await setFollowUpRule({ ...here.world.ctx, platforms: here.platform }, { id, followUpRule: null });
    expect(await here.run(id)).toBe('skipped');
    expect(await here.made(id)).toEqual([]);
  });

  it('is evaluated again at the next reading after a change', async () => {
    const { id } = await here.reached(rule());
    await setFollowUpRule(
      { ...here.world.ctx, platforms: here.platform },
      { id, followUpRule: rule({ atLeast: 100 }) },
    );
    expect(await here.run(id)).toBe('skipped');
    await readResults({
      ctx: { ...here.world.ctx, platforms: here.port },
      input: { connectionId: here.connectionId, platform: 'x' },
    });
    expect((await resultsOf(here.db, id)).followUpState).toBeNull();
    await setFollowUpRule(
      { ...here.world.ctx, platforms: here.platform },
      { id, followUpRule: rule({ atLeast: 50 }) },
    );
    await readResults({
      ctx: { ...here.world.ctx, platforms: here.port },
      input: { connectionId: here.connectionId, platform: 'x' },
    });
    expect(await here.run(id)).toBe('completed');
  });

  it('defaults to the workspace’s rule unless the post has its own or opts out', async () => {
    await saveDefaultFollowUpRule(
      { ...here.world.ctx, platforms: here.platform },
      { followUpRule: rule({ atLeast: 99 }), seen: null },
    );
    const post = await writePost(here.world.ctx, 'Three ways');
    const send = (followUpRule?: FollowUpRule | null) =>
      schedulePublications(
        { ...here.world.ctx, platforms: here.platform },
        {
          postId: post.id,
          version: post.version,
          targets: [{ connectionId: here.connectionId }],
          when: { kind: 'now' },
          requestKey: `key-${Math.random()}`,
          ...(followUpRule === undefined ? {} : { followUpRule }),
        },
      );
    expect((await send())[0]?.followUpRule).toMatchObject({ atLeast: 99 });
    expect((await send(null))[0]?.followUpRule).toBeNull();
    expect((await send(rule({ atLeast: 7 })))[0]?.followUpRule).toMatchObject({ atLeast: 7 });
    await expect(send(rule({ action: 'follow_up', text: 'x'.repeat(281) }))).rejects.toThrow(
      '280 characters',
    );
    // Scheduled publications keep the rule that they were created with.
    const seen = (await getDefaultFollowUpRule(here.world.ctx)).followUpRule;
    await expect(
      saveDefaultFollowUpRule(
        { ...here.world.ctx, platforms: here.platform },
        { followUpRule: null, seen: null },
      ),
    ).rejects.toThrow('Someone else');
    await saveDefaultFollowUpRule(
      { ...here.world.ctx, platforms: here.platform },
      { followUpRule: null, seen },
    );
    expect((await send())[0]?.followUpRule).toBeNull();
  });
});

describe('a rule for a published post', () => {
  const change = (id: string, followUpRule: FollowUpRule | null = rule()) =>
    setFollowUpRule({ ...here.world.ctx, platforms: here.platform }, { id, followUpRule });
  const set = (id: string, values: Partial<typeof publications.$inferInsert>) =>
    here.db.asSystem((tx) => tx.update(publications).set(values).where(eq(publications.id, id)));

  it('is refused after its period has ended, and accepted before', async () => {
    const { id } = await publishedPost(here.db, here.world.ctx, here.connectionId);
    await followPublished({ db: here.db, clock: here.world.clock, platforms: here.port });
    here.world.clock.advance(25 * HOUR);
    await expect(change(id)).rejects.toMatchObject({
      code: 'conflict',
      fields: { 'followUpRule.withinHours': expect.toSay('24 hours') },
    });
    expect((await change(id, rule({ withinHours: 48 }))).followUpRule).toMatchObject({ withinHours: 48 });
  });

  it('is refused when the post’s results are no longer read, and can still be removed', async () => {
    const { id } = await publishedPost(here.db, here.world.ctx, here.connectionId, { followUpRule: rule() });
    here.world.clock.advance(31 * 24 * HOUR);
    await expect(change(id)).rejects.toThrow('results for 30 days');
    expect((await change(id, null)).followUpRule).toBeNull();
  });

  it('is refused when the platform no longer shows the post', async () => {
    const { id, remoteId } = await publishedPost(here.db, here.world.ctx, here.connectionId);
    await followPublished({ db: here.db, clock: here.world.clock, platforms: here.port });
    here.port.told.set(remoteId, { gone: true });
    for (let i = 0; i < 2; i++) {
      here.world.clock.advance(20 * MINUTE);
      await readResults({
        ctx: { ...here.world.ctx, platforms: here.port },
        input: { connectionId: here.connectionId, platform: 'x' },
      });
    }
    await expect(change(id)).rejects.toThrow('no longer shows the post');
    expect((await resultsOf(here.db, id)).followUpState).toBeNull();
  });

  it('is refused when the post’s remote id is unknown, and the page says so', async () => {
    const { id } = await publishedPost(here.db, here.world.ctx, here.connectionId, { followUpRule: rule() });
    await set(id, { remoteId: null, permalink: null });
    await expect(change(id)).rejects.toThrow('We do not know the post’s URL');
    const shown = await getPublication(here.world.ctx, { id });
    expect(shown.unseen).toEqual('We do not know the post’s URL, so we cannot read its results.');
  });

  it('is refused as a share when the post’s URL is unknown', async () => {
    const page = await addConnection(here.db, here.world.ctx, 'facebook');
    const { id } = await publishedPost(here.db, here.world.ctx, page, { platform: 'facebook' });
    await set(id, { permalink: null });
    await expect(change(id)).rejects.toThrow('We do not know the post’s URL');
  });
});
