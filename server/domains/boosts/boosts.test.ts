import { and, eq, like } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import {
  activity,
  alerts,
  type Boost,
  connections,
  emails,
  postingSettings,
  publications,
  workspaces,
} from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { decideApproval } from '../approvals/decide-approval';
import { listApprovals } from '../approvals/queries';
import { claimDue } from '../publishing/claim-due';
import { lookUpPublication } from '../publishing/look-up-publication';
import { publishDue } from '../publishing/publish-due';
import { getPublication } from '../publishing/queries';
import { recoverStuck } from '../publishing/recover-stuck';
import { schedulePublications } from '../publishing/schedule-publications';
import { addConnection, FakePlatform, setReview, writePost } from '../publishing/testing';
import { followPublished } from '../results/due';
import { readResults } from '../results/read-results';
import { FakeResults, publishedPost, resultsOf, rule } from '../results/testing';
import { getDefaultBoost, saveDefaultBoost } from './default-boost';
import { fireBoost } from './fire-boost';
import { setBoost } from './set-boost';
import { boostsToFire } from './to-fire';
import { whyUnseen } from './unseen';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let db: Db;
let world: World;
let port: FakeResults;
let platform: FakePlatform;
let connectionId: string;

beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  world = await createWorld(db, { plan: 'pro' });
  port = new FakeResults();
  platform = new FakePlatform();
  connectionId = await addConnection(db, world.ctx);
  await setReview(db, world.ctx, 'post_at_once');
});

const fire = (publicationId: string) => fireBoost({ ctx: world.ctx, input: { publicationId }, platform });
const made = (id: string) =>
  db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(eq(publications.requestKey, `boost:${id}`)),
  );
const story = (id: string) =>
  db.asSystem((tx) =>
    tx
      .select({ summary: activity.summary })
      .from(activity)
      .where(and(eq(activity.subjectId, id), eq(activity.verb, 'publication.boosted'))),
  );
const open = () =>
  db.asSystem((tx) =>
    tx
      .select({ body: alerts.body })
      .from(alerts)
      .where(and(eq(alerts.workspaceId, world.workspaceId), like(alerts.key, '%:boost'))),
  );

/** A post of an account that did well: its rule's number was seen three hours after it went out. */
async function reached(boost: Boost, on = connectionId, name = 'x') {
  const post = await publishedPost(db, world.ctx, on, { boost, platform: name });
  await followPublished({ db, clock: world.clock, port });
  port.told.set(post.remoteId, { likes: 57, replies: 57, reposts: 57 });
  world.clock.advance(3 * HOUR);
  await readResults({ ctx: world.ctx, input: { connectionId: on, platform: name }, port });
  expect((await resultsOf(db, post.id)).boostState).toBe('reached');
  return post;
}

/** Sends what is due on the account. */
async function publish(on = connectionId) {
  await claimDue({ db, clock: world.clock });
  return publishDue({ ctx: world.ctx, input: { connectionId: on }, platform });
}

describe('a post that does well', () => {
  it('is reposted, once, and people read why', async () => {
    const { id, remoteId } = await reached(rule());
    expect(await fire(id)).toBe('fired');
    const [row] = await made(id);
    expect(row).toMatchObject({
      kind: 'repost',
      followsId: id,
      state: 'scheduled',
      dueAt: world.clock.now(),
    });
    expect(await story(id)).toEqual([
      { summary: expect.stringContaining('It had 57 likes after 3 hours, so it is reposted, as you asked.') },
    ]);
    await publish();
    expect([...platform.reposts]).toEqual([`${connectionId} ${remoteId}`]);
    expect(platform.posts).toEqual([]);
    expect(await fire(id)).toBe('skipped');
    expect(await made(id)).toHaveLength(1);
    const shown = await getPublication({ ctx: world.ctx, input: { id } });
    expect(shown.results).toMatchObject({ boostState: 'fired' });
  });

  it('is followed by the person’s own words under it', async () => {
    const { id, remoteId } = await reached(
      rule({ action: 'follow_up', text: 'Thank you all', measure: 'replies' }),
    );
    await fire(id);
    await publish();
    expect(platform.posts).toMatchObject([{ text: 'Thank you all', replyTo: remoteId }]);
    expect((await story(id))[0]?.summary).toContain(
      '57 replies after 3 hours, so a follow-up is posted under it',
    );
  });

  it('is shared by its address where a platform has no repost', async () => {
    const page = await addConnection(db, world.ctx, 'facebook');
    const { id } = await reached(rule({ text: 'In case you missed it' }), page, 'facebook');
    await fire(id);
    const [row] = await made(id);
    expect(row).toMatchObject({
      kind: 'post',
      followsId: id,
      text: 'In case you missed it',
      link: expect.stringContaining('https://example.test/'),
    });
    await publish(page);
    expect(platform.posts).toMatchObject([{ text: 'In case you missed it', replyTo: null }]);
  });

  it('waits until the next day at the time of the post, and for the active hours', async () => {
    const { id } = await reached(rule({ wait: { kind: 'next_day' } }));
    await fire(id);
    expect((await made(id))[0]).toMatchObject({
      localTime: '2026-03-03T11:00',
      dueAt: new Date('2026-03-03T10:00:00Z'),
    });
    expect((await story(id))[0]?.summary).toContain(
      'a repost is scheduled for Tue, 3 Mar 2026, 11:00 (Europe/Berlin)',
    );
    const late = await reached(rule({ wait: { kind: 'hours', hours: 10 }, activeHours: true }));
    await fire(late.id);
    expect((await made(late.id))[0]?.localTime).toBe('2026-03-03T09:00');
  });

  it('asks first where the workspace reviews first, and goes out when it is approved', async () => {
    await setReview(db, world.ctx, 'review_first');
    const { id, remoteId } = await reached(rule({ action: 'follow_up', text: 'Thank you' }));
    await fire(id);
    const [row] = await made(id);
    expect(row).toMatchObject({ state: 'awaiting_approval', approvalId: expect.any(String) });
    expect((await story(id))[0]?.summary).toContain('so a follow-up waits for approval, as you asked');
    await publish();
    expect(platform.posts).toEqual([]);
    const [asked] = await listApprovals({ ctx: world.ctx, input: {} });
    expect(asked?.publications).toMatchObject([{ id: row?.id, text: 'Thank you' }]);
    await decideApproval({ ctx: world.ctx, input: { id: row?.approvalId ?? '', decision: 'approve' } });
    await publish();
    expect(platform.posts).toMatchObject([{ text: 'Thank you', replyTo: remoteId }]);
  });
});

describe('once', () => {
  it('with two sweeps at the same time', async () => {
    const { id } = await reached(rule());
    const results = await Promise.all([fire(id), fire(id), fire(id)]);
    expect(results.sort()).toEqual(['fired', 'skipped', 'skipped']);
    expect(await made(id)).toHaveLength(1);
  });

  it('when the process ended between the reading and what follows', async () => {
    const { id } = await reached(rule());
    const found = (await boostsToFire({ db, clock: world.clock })).filter(
      (b) => b.workspaceId === world.workspaceId,
    );
    expect(found).toEqual([{ workspaceId: world.workspaceId, publicationId: id }]);
    await fire(id);
    expect(
      (await boostsToFire({ db, clock: world.clock })).filter((b) => b.workspaceId === world.workspaceId),
    ).toEqual([]);
  });

  it('when the answer to the repost was lost: it is asked for again, and it is there once', async () => {
    const { id } = await reached(rule());
    await fire(id);
    platform.script.push({ after: 'unknown_outcome' });
    await publish();
    for (let i = 0; i < 3; i++) {
      world.clock.advance(MINUTE);
      await publish();
    }
    expect((await made(id))[0]?.state).toBe('published');
    expect(platform.lookups).toBe(0);
    expect(platform.repostRequests).toBe(2);
    expect(platform.reposts.size).toBe(1);
  });

  it('when the process ended after the repost', async () => {
    const { id } = await reached(rule());
    await fire(id);
    await claimDue({ db, clock: world.clock });
    const { startPublishing } = await import('../publishing/start-publishing');
    await startPublishing(db, { workspaceId: world.workspaceId, connectionId, now: world.clock.now() });
    platform.reposts.add(`${connectionId} sent by the one that died`);
    world.clock.advance(4 * MINUTE);
    const { lookUps } = await recoverStuck({ db, clock: world.clock });
    const [mine] = lookUps.filter((l) => l.workspaceId === world.workspaceId);
    if (!mine) throw new Error('It was not found');
    expect(await lookUpPublication({ ctx: world.ctx, input: mine, platform })).toBe('sent_again');
    world.clock.advance(MINUTE);
    await publish();
    expect((await made(id))[0]?.state).toBe('published');
    expect(platform.lookups).toBe(0);
  });

  it('even when a person takes what followed back and puts the rule back', async () => {
    const { id } = await reached(rule());
    await fire(id);
    await expect(setBoost({ ctx: world.ctx, input: { id, boost: rule() }, platform })).rejects.toThrow(
      'happened already',
    );
    await db.asSystem((tx) =>
      tx
        .update(publications)
        .set({ state: 'cancelled' })
        .where(eq(publications.requestKey, `boost:${id}`)),
    );
    expect(await fire(id)).toBe('skipped');
    expect(await made(id)).toHaveLength(1);
  });
});

describe('a rule', () => {
  it('that was taken away after its number was reached does nothing', async () => {
    const { id } = await reached(rule());
    await setBoost({ ctx: world.ctx, input: { id, boost: null }, platform });
    expect(await fire(id)).toBe('skipped');
    expect(await made(id)).toEqual([]);
  });

  it('that was changed is looked at anew with the next reading', async () => {
    const { id } = await reached(rule());
    await setBoost({ ctx: world.ctx, input: { id, boost: rule({ atLeast: 100 }) }, platform });
    expect(await fire(id)).toBe('skipped');
    await readResults({ ctx: world.ctx, input: { connectionId, platform: 'x' }, port });
    expect((await resultsOf(db, id)).boostState).toBeNull();
    await setBoost({ ctx: world.ctx, input: { id, boost: rule({ atLeast: 50 }) }, platform });
    await readResults({ ctx: world.ctx, input: { connectionId, platform: 'x' }, port });
    expect(await fire(id)).toBe('fired');
  });

  it('is the workspace’s own unless the post has one or says none', async () => {
    await saveDefaultBoost({ ctx: world.ctx, input: { boost: rule({ atLeast: 99 }), seen: null }, platform });
    const post = await writePost(world.ctx, 'Three ways');
    const send = (boost?: Boost | null) =>
      schedulePublications({
        ctx: world.ctx,
        platform,
        input: {
          postId: post.id,
          version: post.version,
          targets: [{ connectionId }],
          when: { kind: 'now' },
          requestKey: `key-${Math.random()}`,
          ...(boost === undefined ? {} : { boost }),
        },
      });
    expect((await send())[0]?.boost).toMatchObject({ atLeast: 99 });
    expect((await send(null))[0]?.boost).toBeNull();
    expect((await send(rule({ atLeast: 7 })))[0]?.boost).toMatchObject({ atLeast: 7 });
    await expect(send(rule({ action: 'follow_up', text: 'x'.repeat(281) }))).rejects.toThrow(
      '280 characters',
    );
    // Frozen: what is scheduled keeps its rule.
    const seen = (await getDefaultBoost(world.ctx)).boost;
    await expect(
      saveDefaultBoost({ ctx: world.ctx, input: { boost: null, seen: null }, platform }),
    ).rejects.toThrow('Somebody else');
    await saveDefaultBoost({ ctx: world.ctx, input: { boost: null, seen }, platform });
    expect((await send())[0]?.boost).toBeNull();
  });
});

describe('a rule for a post that is out', () => {
  const change = (id: string, boost: Boost | null = rule()) =>
    setBoost({ ctx: world.ctx, input: { id, boost }, platform });
  const set = (id: string, values: Partial<typeof publications.$inferInsert>) =>
    db.asSystem((tx) => tx.update(publications).set(values).where(eq(publications.id, id)));

  it('is refused when its time is over, and taken while it is not', async () => {
    const { id } = await publishedPost(db, world.ctx, connectionId);
    await followPublished({ db, clock: world.clock, port });
    world.clock.advance(25 * HOUR);
    await expect(change(id)).rejects.toMatchObject({
      code: 'conflict',
      fields: { 'boost.withinHours': expect.stringContaining('24 hours') },
    });
    expect((await change(id, rule({ withinHours: 48 }))).boost).toMatchObject({ withinHours: 48 });
  });

  it('is refused when nobody looks at the post any more, and can still be taken away', async () => {
    const { id } = await publishedPost(db, world.ctx, connectionId, { boost: rule() });
    world.clock.advance(31 * 24 * HOUR);
    await expect(change(id)).rejects.toThrow('followed for 30 days');
    expect((await change(id, null)).boost).toBeNull();
  });

  it('is refused when the post is gone', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId);
    await followPublished({ db, clock: world.clock, port });
    port.told.set(remoteId, { gone: true });
    for (let i = 0; i < 2; i++) {
      world.clock.advance(20 * MINUTE);
      await readResults({ ctx: world.ctx, input: { connectionId, platform: 'x' }, port });
    }
    await expect(change(id)).rejects.toThrow('does not show the post any more');
    expect((await resultsOf(db, id)).boostState).toBeNull();
  });

  it('is refused when nobody knows where the post is, and the page says so', async () => {
    const { id } = await publishedPost(db, world.ctx, connectionId, { boost: rule() });
    await set(id, { remoteId: null, permalink: null });
    await expect(change(id)).rejects.toThrow('We do not know where the post is');
    const shown = await getPublication({ ctx: world.ctx, input: { id } });
    expect(whyUnseen(shown, world.clock.now())).toBe(
      'We do not know where the post is, so we cannot see how it does.',
    );
  });

  it('is refused as a share where the post’s address is not known', async () => {
    const page = await addConnection(db, world.ctx, 'facebook');
    const { id } = await publishedPost(db, world.ctx, page, { platform: 'facebook' });
    await set(id, { permalink: null });
    await expect(change(id)).rejects.toThrow('We do not know the post’s address');
  });
});

describe('what stands in its way', () => {
  it('is told when the account was disconnected, and waited for when it has to be reconnected', async () => {
    const one = await reached(rule());
    await setStatus('needs_reconnect');
    expect(await fire(one.id)).toBe('waiting');
    await setStatus('active');
    expect(await fire(one.id)).toBe('fired');
    const two = await reached(rule());
    await setStatus('disconnected');
    expect(await fire(two.id)).toBe('over');
    expect((await resultsOf(db, two.id)).boostNote).toBe(
      'It had 57 likes after 3 hours, but nothing followed: @x is not connected any more.',
    );
    expect(await open()).toHaveLength(1);
    await setStatus('active');
    expect(await fire(two.id)).toBe('skipped');
  });

  it('is an address that nobody knows, and not the platform', async () => {
    const page = await addConnection(db, world.ctx, 'facebook');
    const { id } = await reached(rule(), page, 'facebook');
    const set = (values: Partial<typeof publications.$inferInsert>) =>
      db.asSystem((tx) => tx.update(publications).set(values).where(eq(publications.id, id)));
    await set({ permalink: null });
    expect(await fire(id)).toBe('over');
    expect((await resultsOf(db, id)).boostNote).toBe(
      'It had 57 likes after 3 hours, but nothing followed: We do not know the post’s address, so it cannot be shared.',
    );
    const other = await reached(rule());
    await db.asSystem((tx) =>
      tx.update(publications).set({ remoteId: null }).where(eq(publications.id, other.id)),
    );
    expect(await fire(other.id)).toBe('over');
    expect((await resultsOf(db, other.id)).boostNote).toContain('We do not know where the post is.');
  });

  it('is a full day where posts are reviewed first: the e-mail names the day on which it goes out', async () => {
    await setReview(db, world.ctx, 'review_first');
    await db.asSystem((tx) =>
      tx.update(workspaces).set({ plan: 'free' }).where(eq(workspaces.id, world.workspaceId)),
    );
    const page = await addConnection(db, world.ctx, 'facebook');
    const { id } = await reached(rule({ text: 'Seen this?' }), page, 'facebook');
    for (let i = 0; i < 4; i++) await publishedPost(db, world.ctx, connectionId);
    expect(await fire(id)).toBe('fired');
    expect((await made(id))[0]).toMatchObject({ state: 'awaiting_approval', localTime: '2026-03-03T14:00' });
    const mails = await db.asSystem((tx) =>
      tx
        .select({ body: emails.body })
        .from(emails)
        .where(and(like(emails.key, 'approval-requested:%'), like(emails.body, '%Seen this?%'))),
    );
    expect(mails).toHaveLength(1);
    expect(mails[0]?.body).toContain('2026-03-03 14:00 (Europe/Berlin)');
    expect(mails[0]?.body).not.toContain('as soon as it is approved');
  });

  it('keeps no other waiting: what waits for a reconnection is passed over until its week is over', async () => {
    const other = await addConnection(db, world.ctx);
    const waits = await reached(rule());
    const goes = await reached(rule(), other);
    const found = async () =>
      (await boostsToFire({ db, clock: world.clock }))
        .filter((b) => b.workspaceId === world.workspaceId)
        .map((b) => b.publicationId);
    await setStatus('needs_reconnect');
    expect(await found()).toEqual([goes.id]);
    world.clock.advance(7 * 24 * HOUR);
    expect(await found()).toEqual([waits.id, goes.id]);
    expect(await fire(waits.id)).toBe('over');
  });

  it('is a stop or a pause, like for every other post: it waits in the queue', async () => {
    const { id } = await reached(rule());
    await db.asSystem((tx) =>
      tx
        .update(workspaces)
        .set({ heldAt: world.clock.now(), heldFor: 'emergency', heldBy: 'user:x' })
        .where(eq(workspaces.id, world.workspaceId)),
    );
    expect(await fire(id)).toBe('fired');
    expect((await resultsOf(db, id)).boostNote).toContain('a repost waits until posting is started again');
    await publish();
    expect(platform.repostRequests).toBe(0);
    await db.asSystem((tx) =>
      tx
        .update(workspaces)
        .set({ heldAt: null, heldFor: null, heldBy: null })
        .where(eq(workspaces.id, world.workspaceId)),
    );
    await publish();
    expect(platform.repostRequests).toBe(1);
  });

  it('is a full day of the plan: it moves to the next, at the same time', async () => {
    await db.asSystem((tx) =>
      tx.update(workspaces).set({ plan: 'free' }).where(eq(workspaces.id, world.workspaceId)),
    );
    const page = await addConnection(db, world.ctx, 'facebook');
    const { id } = await reached(rule(), page, 'facebook');
    const { id: reposted } = await reached(rule());
    for (let i = 0; i < 3; i++) await publishedPost(db, world.ctx, connectionId);
    expect(await fire(id)).toBe('fired');
    expect((await made(id))[0]?.localTime).toBe('2026-03-03T17:00');
    // A repost belongs to its post and takes no place in the plan.
    expect(await fire(reposted)).toBe('fired');
    expect((await made(reposted))[0]?.dueAt).toEqual(world.clock.now());
  });

  it('is a setting that is missing: it goes out at once', async () => {
    await db.asSystem((tx) =>
      tx.delete(postingSettings).where(eq(postingSettings.workspaceId, world.workspaceId)),
    );
    const { id } = await reached(rule({ activeHours: true }));
    expect(await fire(id)).toBe('fired');
    // Without settings everything is reviewed first.
    expect((await made(id))[0]?.state).toBe('awaiting_approval');
  });

  const setStatus = (status: 'active' | 'needs_reconnect' | 'disconnected') =>
    db.asSystem((tx) => tx.update(connections).set({ status }).where(eq(connections.id, connectionId)));
});
