import { eq, like } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { actions, emails, posts, publications } from '@/db/schema';
import { readMails } from '@/tests/support/mails';
import { plain } from '@/tests/support/plain';
import { addMember } from '@/tests/support/world';
import { listApprovals } from '../approvals/queries';
import { decideAsShown } from '../approvals/testing';
import { claimDue } from '../due/claim-due';
import { decideLate } from '../due/decide-late';
import { cancelPublication } from '../publications/cancel-publication';
import { getPublication } from '../publications/queries';
import { lookUpPublication } from '../publisher/look-up-publication';
import { recoverStuck } from '../publisher/recover-stuck';
import { addConnection, setReview } from '../publisher/testing';
import { rule } from '../results/testing';
import { pictureRow } from '../uploads/testing';
import { followUpsToRun } from './follow-ups-to-run';
import { setFollowUpRule } from './set-follow-up-rule';
import { eachTestFollowsUp, type FollowUpBench, MINUTE } from './testing';

let here: FollowUpBench;
eachTestFollowsUp((own) => {
  here = own;
});

/** The actor key of a member who cannot approve. */
const operator = async () => `user:${(await addMember(here.world, 'operator')).userId}`;

describe('a post that does well', () => {
  it('is reposted once, and the activity states the reason', async () => {
    const { id, remoteId } = await here.reached(rule());
    expect(await here.run(id)).toBe('completed');
    const [row] = await here.made(id);
    expect(row).toMatchObject({
      kind: 'repost',
      followsId: id,
      state: 'scheduled',
      dueAt: here.world.clock.now(),
    });
    expect(await here.story(id)).toEqual([
      { summary: expect.toSay('It had 57 likes after 3 hours, so it is reposted, as your rule says.') },
    ]);
    await here.publish();
    expect([...here.platform.reposts]).toEqual([`${here.connectionId} ${remoteId}`]);
    expect(here.platform.posts).toEqual([]);
    expect(await here.run(id)).toBe('skipped');
    expect(await here.made(id)).toHaveLength(1);
    const fingerprint = await getPublication(here.world.ctx, { id });
    expect(fingerprint.results).toMatchObject({ followUpState: 'completed' });
  });

  it('gets the member’s own text as a reply', async () => {
    const { id, remoteId } = await here.reached(
      rule({ action: 'follow_up', text: 'Thank you all', measure: 'replies' }),
    );
    await here.run(id);
    await here.publish();
    expect(here.platform.posts).toMatchObject([{ text: 'Thank you all', replyTo: remoteId }]);
    expect((await here.story(id))[0]?.summary).toSay(
      '57 replies after 3 hours, so a follow-up is posted under it',
    );
  });

  it('is shared by URL on a platform without reposts', async () => {
    const page = await addConnection(here.db, here.world.ctx, 'facebook');
    const { id } = await here.reached(rule({ text: 'In case you missed it' }), page, 'facebook');
    await here.run(id);
    const [row] = await here.made(id);
    expect(row).toMatchObject({
      kind: 'post',
      followsId: id,
      text: 'In case you missed it',
      link: expect.stringContaining('https://example.test/'),
    });
    await here.publish(page);
    expect(here.platform.posts).toMatchObject([{ text: 'In case you missed it', replyTo: null }]);
  });

  it('gets its follow-up on the next day at the time of the post, or in the active hours', async () => {
    const { id } = await here.reached(rule({ wait: { kind: 'next_day' } }));
    await here.run(id);
    expect((await here.made(id))[0]).toMatchObject({
      localTime: '2026-03-03T11:00',
      dueAt: new Date('2026-03-03T10:00:00Z'),
    });
    expect((await here.story(id))[0]?.summary).toSay(
      'a repost is scheduled for Tue, 3 Mar 2026, 11:00 (Europe/Berlin)',
    );
    const late = await here.reached(rule({ wait: { kind: 'hours', hours: 10 }, activeHours: true }));
    await here.run(late.id);
    expect((await here.made(late.id))[0]?.localTime).toBe('2026-03-03T09:00');
  });

  it('without text is named by its title in the approval of its repost, with its picture', async () => {
    await setReview(here.db, here.world.ctx, 'review_first');
    const { id } = await here.reached(rule({ by: await operator() }));
    const fileId = await pictureRow(here.db, here.world.ctx);
    const media = [
      {
        fileId,
        alt: 'A fox',
        kind: 'picture',
        mime: 'image/png',
        bytes: 100,
        width: 4,
        height: 3,
        durationMs: null,
      },
    ] as const;
    await here.db.asSystem((tx) =>
      tx
        .update(publications)
        .set({ text: '', media: [...media] })
        .where(eq(publications.id, id)),
    );
    const { postTitle } = await getPublication(here.world.ctx, { id });
    await here.run(id);
    const [asked] = await listApprovals(here.world.ctx, {});
    expect(asked?.publications).toMatchObject([{ text: `Repost of: ${postTitle}`, media }]);
    const [mail] = await readMails(here.db, like(emails.key, `approval-requested:${asked?.id}:%`));
    expect(mail?.body).toContain(`Repost of: ${postTitle}`);
    expect(mail?.body).toContain('[Picture: A fox]');
    expect(mail?.body).toContain(`/todo#${asked?.id}`);
    // An approval covers what was shown: another title changes its fingerprint.
    await here.db.asSystem((tx) =>
      tx
        .update(posts)
        .set({ title: 'Retitled' })
        .where(eq(posts.id, asked?.subjectId ?? '')),
    );
    const [retitled] = await listApprovals(here.world.ctx, {});
    expect(retitled).toMatchObject({ id: asked?.id, publications: [{ text: 'Repost of: Retitled' }] });
    expect(retitled?.fingerprint).not.toBe(asked?.fingerprint);
    // The repost does not copy the picture, because the platform shows the post itself.
    expect((await here.made(id))[0]).toMatchObject({ kind: 'repost', media: [] });
  });

  it('gets its follow-up only after approval where posts need approval', async () => {
    await setReview(here.db, here.world.ctx, 'review_first');
    const { id, remoteId } = await here.reached(
      rule({ action: 'follow_up', text: 'Thank you', by: await operator() }),
    );
    await here.run(id);
    const [row] = await here.made(id);
    expect(row).toMatchObject({ state: 'awaiting_approval', approvalId: expect.any(String) });
    expect((await here.story(id))[0]?.summary).toSay(
      'so a follow-up is awaiting approval, as your rule says',
    );
    await here.publish();
    expect(here.platform.posts).toEqual([]);
    const [asked] = await listApprovals(here.world.ctx, {});
    expect(asked?.publications).toMatchObject([{ id: row?.id, text: 'Thank you' }]);
    await decideAsShown(here.world.ctx, row?.approvalId ?? '', 'approve');
    await here.publish();
    expect(here.platform.posts).toMatchObject([{ text: 'Thank you', replyTo: remoteId }]);
  });
});

describe('the follow-up of a rule by a member who can approve', () => {
  it.each(['manager', 'default'] as const)('needs no approval (%s)', async (whose) => {
    await setReview(here.db, here.world.ctx, 'review_first');
    const manager =
      whose === 'manager' ? { by: `user:${(await addMember(here.world, 'manager')).userId}` } : {};
    const { id } = await here.reached(rule({ action: 'follow_up', text: 'Thank you', ...manager }));
    await here.run(id);
    expect((await here.made(id))[0]).toMatchObject({ state: 'scheduled', approvalId: null });
    expect(await listApprovals(here.world.ctx, {})).toEqual([]);
  });
});

describe('a follow-up happens exactly once', () => {
  it('with concurrent sweeps', async () => {
    const { id } = await here.reached(rule());
    const results = await Promise.all([here.run(id), here.run(id), here.run(id)]);
    expect(results.sort()).toEqual(['completed', 'skipped', 'skipped']);
    expect(await here.made(id)).toHaveLength(1);
  });

  it('when the process ended between the reading and the follow-up', async () => {
    const { id } = await here.reached(rule());
    const found = (await followUpsToRun({ db: here.db, clock: here.world.clock })).filter(
      (b) => b.workspaceId === here.world.workspaceId,
    );
    expect(found).toMatchObject([{ workspaceId: here.world.workspaceId, publicationId: id }]);
    await here.run(id);
    expect(
      (await followUpsToRun({ db: here.db, clock: here.world.clock })).filter(
        (b) => b.workspaceId === here.world.workspaceId,
      ),
    ).toEqual([]);
  });

  it('when the response to a repost was lost and the request is repeated', async () => {
    const { id } = await here.reached(rule());
    await here.run(id);
    here.platform.script.push({ after: 'unknown_outcome' });
    await here.publish();
    for (let i = 0; i < 3; i++) {
      here.world.clock.advance(MINUTE);
      await here.publish();
    }
    expect((await here.made(id))[0]?.state).toBe('published');
    expect(here.platform.lookups).toBe(0);
    expect(here.platform.repostRequests).toBe(2);
    expect(here.platform.reposts.size).toBe(1);
  });

  it('when the response to a repost was lost and the machine was off afterwards, without a manual check', async () => {
    const { id } = await here.reached(rule());
    await here.run(id);
    here.platform.script.push({ after: 'unknown_outcome' });
    await here.publish();
    expect((await here.made(id))[0]?.state).toBe('scheduled');
    here.world.clock.advance(10 * MINUTE);
    await decideLate({ db: here.db, clock: here.world.clock });
    expect((await here.made(id))[0]?.state).toBe('scheduled');
    await here.publish();
    expect((await here.made(id))[0]?.state).toBe('published');
    expect(here.platform.reposts.size).toBe(1);
  });

  it('when the response was lost and a member cancels the repost, who is then asked about the repost and not about the post', async () => {
    const { id } = await here.reached(rule());
    await here.run(id);
    here.platform.script.push({ after: 'unknown_outcome' });
    await here.publish();
    const [row] = await here.made(id);
    if (!row) throw new Error('no follow-up');
    await cancelPublication(here.world.ctx, { id: row.id, version: row.version });
    const [asked] = await here.db.asSystem((tx) =>
      tx.select({ title: actions.title }).from(actions).where(eq(actions.subjectId, row.id)),
    );
    expect(asked?.title).toSay(/^Was the repost of “.+” on .+ published\?$/);
  });

  it('when the process ended after the repost', async () => {
    const { id } = await here.reached(rule());
    await here.run(id);
    await claimDue({ db: here.db, clock: here.world.clock });
    const { startPublishing } = await import('../publisher/start-publishing');
    await startPublishing(here.db, {
      workspaceId: here.world.workspaceId,
      connectionId: here.connectionId,
      now: here.world.clock.now(),
    });
    here.platform.reposts.add(`${here.connectionId} sent by the one that died`);
    here.world.clock.advance(4 * MINUTE);
    const { lookUps } = await recoverStuck({ db: here.db, clock: here.world.clock });
    const [mine] = lookUps.filter((l) => l.workspaceId === here.world.workspaceId);
    if (!mine) throw new Error('no look-up');
    expect(
      await lookUpPublication({ ctx: { ...here.world.ctx, platforms: here.platform }, input: mine }),
    ).toBe('sent_again');
    here.world.clock.advance(MINUTE);
    await here.publish();
    expect((await here.made(id))[0]?.state).toBe('published');
    expect(here.platform.lookups).toBe(0);
  });

  it('even if a member cancels it and restores the rule', async () => {
    const { id } = await here.reached(rule());
    await here.run(id);
    await expect(
      setFollowUpRule({ ...here.world.ctx, platforms: here.platform }, { id, followUpRule: rule() }),
    ).rejects.toThrow('already happened');
    await here.db.asSystem((tx) =>
      tx
        .update(publications)
        .set({ state: 'cancelled' })
        .where(eq(publications.requestKey, `follow-up:${id}`)),
    );
    expect(await here.run(id)).toBe('skipped');
    expect(await here.made(id)).toHaveLength(1);
  });
});

it('a follow-up has the options of its post', async () => {
  const visibility = { id: 'visibility', kind: 'text' as const, label: plain('Visibility') };
  here.platform.options = { x: [visibility] };
  const { id } = await here.reached(rule());
  const options = { visibility: 'private' };
  await here.db.asSystem((tx) => tx.update(publications).set({ options }).where(eq(publications.id, id)));
  await here.run(id);
  expect((await here.made(id))[0]?.options).toEqual(options);
});
