import { eq, like } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { connections, emails, postingSettings, publications, workspaces } from '@/db/schema';
import { readMails } from '@/tests/support/mails';
import { addConnection, setReview } from '../publisher/testing';
import { publishedPost, resultsOf, rule } from '../results/testing';
import { followUpsToRun } from './follow-ups-to-run';
import { eachTestFollowsUp, type FollowUpBench, HOUR } from './testing';

let here: FollowUpBench;
eachTestFollowsUp((own) => {
  here = own;
});

describe('a follow-up with an obstacle', () => {
  it('is given up with a reason if the account was disconnected, and waits if it needs to be reconnected', async () => {
    const one = await here.reached(rule());
    await setStatus('needs_reconnect');
    expect(await here.run(one.id)).toBe('waiting');
    await setStatus('active');
    expect(await here.run(one.id)).toBe('completed');
    const two = await here.reached(rule());
    await setStatus('disconnected');
    expect(await here.run(two.id)).toBe('over');
    expect((await resultsOf(here.db, two.id)).followUpNote).toEqual(
      'It had 57 likes after 3 hours, but we could not follow up: @x is no longer connected.',
    );
    expect(await here.alerts()).toHaveLength(1);
    await setStatus('active');
    expect(await here.run(two.id)).toBe('skipped');
  });

  it('gives the unknown post URL as the reason instead of blaming the platform', async () => {
    const page = await addConnection(here.db, here.world.ctx, 'facebook');
    const { id } = await here.reached(rule(), page, 'facebook');
    const set = (values: Partial<typeof publications.$inferInsert>) =>
      here.db.asSystem((tx) => tx.update(publications).set(values).where(eq(publications.id, id)));
    await set({ permalink: null });
    expect(await here.run(id)).toBe('over');
    expect((await resultsOf(here.db, id)).followUpNote).toEqual(
      'It had 57 likes after 3 hours, but we could not follow up: We do not know the post’s URL, so it cannot be shared.',
    );
    const other = await here.reached(rule());
    await here.db.asSystem((tx) =>
      tx.update(publications).set({ remoteId: null }).where(eq(publications.id, other.id)),
    );
    expect(await here.run(other.id)).toBe('over');
    expect((await resultsOf(here.db, other.id)).followUpNote).toSay('We do not know the post’s URL.');
  });

  it('moves past a full day where posts need approval, and the e-mail names the new day', async () => {
    await setReview(here.db, here.world.ctx, 'review_first');
    await here.db.asSystem((tx) =>
      tx.update(workspaces).set({ plan: 'free' }).where(eq(workspaces.id, here.world.workspaceId)),
    );
    const page = await addConnection(here.db, here.world.ctx, 'facebook');
    const { id } = await here.reached(
      rule({ text: 'Seen this?', by: 'user:somebody who left' }),
      page,
      'facebook',
    );
    for (let i = 0; i < 4; i++) await publishedPost(here.db, here.world.ctx, here.connectionId);
    expect(await here.run(id)).toBe('completed');
    expect((await here.made(id))[0]).toMatchObject({
      state: 'awaiting_approval',
      localTime: '2026-03-03T14:00',
    });
    const asked = await readMails(here.db, like(emails.key, 'approval-requested:%'));
    const mails = asked.filter(({ body }) => body.includes('Seen this?'));
    expect(mails).toHaveLength(1);
    expect(mails[0]?.body).toContain('2026-03-03 14:00 (Europe/Berlin)');
    expect(mails[0]?.body).not.toContain('as soon as it is approved');
  });

  it('does not block others, because it is skipped for up to a week while its account needs reconnecting', async () => {
    const other = await addConnection(here.db, here.world.ctx);
    const waits = await here.reached(rule());
    const goes = await here.reached(rule(), other);
    const found = async () =>
      (await followUpsToRun({ db: here.db, clock: here.world.clock }))
        .filter((b) => b.workspaceId === here.world.workspaceId)
        .map((b) => b.publicationId);
    await setStatus('needs_reconnect');
    expect(await found()).toEqual([goes.id]);
    here.world.clock.advance(7 * 24 * HOUR);
    expect(await found()).toEqual([waits.id, goes.id]);
    expect(await here.run(waits.id)).toBe('over');
  });

  it('waits in the queue during a stop or pause, like any other post', async () => {
    const { id } = await here.reached(rule());
    await here.db.asSystem((tx) =>
      tx
        .update(workspaces)
        .set({ heldAt: here.world.clock.now(), heldFor: 'emergency', heldBy: 'user:x' })
        .where(eq(workspaces.id, here.world.workspaceId)),
    );
    expect(await here.run(id)).toBe('completed');
    expect((await resultsOf(here.db, id)).followUpNote).toSay(
      'a repost is on hold until posting starts again',
    );
    await here.publish();
    expect(here.platform.repostRequests).toBe(0);
    await here.db.asSystem((tx) =>
      tx
        .update(workspaces)
        .set({ heldAt: null, heldFor: null, heldBy: null })
        .where(eq(workspaces.id, here.world.workspaceId)),
    );
    await here.publish();
    expect(here.platform.repostRequests).toBe(1);
  });

  it('moves to the next day at the same time if the plan is full', async () => {
    await here.db.asSystem((tx) =>
      tx.update(workspaces).set({ plan: 'free' }).where(eq(workspaces.id, here.world.workspaceId)),
    );
    const page = await addConnection(here.db, here.world.ctx, 'facebook');
    const { id } = await here.reached(rule(), page, 'facebook');
    const { id: reposted } = await here.reached(rule());
    for (let i = 0; i < 3; i++) await publishedPost(here.db, here.world.ctx, here.connectionId);
    expect(await here.run(id)).toBe('completed');
    expect((await here.made(id))[0]?.localTime).toBe('2026-03-03T17:00');
    // A repost belongs to its post and does not count towards the plan's limit.
    expect(await here.run(reposted)).toBe('completed');
    expect((await here.made(reposted))[0]?.dueAt).toEqual(here.world.clock.now());
  });

  it('is due immediately if the posting settings are missing', async () => {
    await here.db.asSystem((tx) =>
      tx.delete(postingSettings).where(eq(postingSettings.workspaceId, here.world.workspaceId)),
    );
    const { id } = await here.reached(rule({ activeHours: true, by: 'user:somebody who left' }));
    expect(await here.run(id)).toBe('completed');
    // Without settings, everything needs approval.
    expect((await here.made(id))[0]?.state).toBe('awaiting_approval');
  });

  const setStatus = (status: 'active' | 'needs_reconnect' | 'disconnected') =>
    here.db.asSystem((tx) =>
      tx.update(connections).set({ status }).where(eq(connections.id, here.connectionId)),
    );
});
