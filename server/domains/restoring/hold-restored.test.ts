import { and, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { leaseEnd } from '@/db/leases';
import {
  actions,
  alerts,
  approvals,
  emails,
  emailTokens,
  evergreenPosts,
  listings,
  postingSettings,
  priceChanges,
  publicationAttempts,
  publications,
  sessions,
  workspaces,
} from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { plain } from '@/tests/support/plain';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { withRole } from '@/tests/support/world';
import { actOnDeadlines } from '../approvals/act-on-deadlines';
import { decideAsShown } from '../approvals/testing';
import { setEvergreen } from '../planning/evergreen';
import { startPosting } from '../posting-control/start-posting';
import { evaluateRules } from '../pricing/evaluate-rules';
import { listRules } from '../pricing/queries';
import { saveRule } from '../pricing/save-rule';
import { resolveUnknown } from '../publication-recovery/resolve-unknown';
import { setReview } from '../publisher/testing';
import { makeShop } from '../sales/testing';
import { holdRestored } from './hold-restored';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});
const HOUR = 3_600_000;

/** Restores the rows as they are now, `hours` later. */
async function restoreAfter(hours: number) {
  const takenAt = here.world.clock.now();
  here.world.clock.advance(hours * HOUR);
  await db.asSystem((tx) => holdRestored(tx, here.world.services, takenAt));
}
const sent = () => here.platform.posts.length;
/** Brings a publication into the state in which it is being sent, and its post onto the platform. */
async function beginSending({ id }: { id: string }) {
  const now = here.world.clock.now();
  const [row] = await db.asSystem((tx) =>
    tx
      .update(publications)
      .set({ state: 'publishing', attempts: 1, claimToken: 'gone', claimedUntil: leaseEnd(now) })
      .where(eq(publications.id, id))
      .returning(),
  );
  await db.asSystem((tx) =>
    tx.insert(publicationAttempts).values({
      id: newId('attempt'),
      workspaceId: here.world.workspaceId,
      publicationId: id,
      number: 1,
      startedAt: now,
    }),
  );
  const { connectionId } = here;
  here.platform.posts.push({ connectionId, text: row?.text ?? '', id: '1', at: now, replyTo: null });
}
const questions = () =>
  db.asSystem((tx) =>
    tx
      .select({ subject: actions.subjectId })
      .from(actions)
      .where(
        and(
          eq(actions.workspaceId, here.world.workspaceId),
          eq(actions.kind, 'publication_unknown'),
          eq(actions.state, 'open'),
        ),
      ),
  );

test('a post that was due since the backup is not sent again by itself, even after posting was started', async () => {
  const post = await here.scheduleIn(30);
  await restoreAfter(1);
  await here.turns(3);
  expect(sent()).toBe(0);
  await startPosting(here.world.ctx);
  await here.turns(3);
  expect(sent()).toBe(0);
  expect(await questions()).toEqual([{ subject: post.id }]);
  const asked = await here.state(post.id);
  expect(asked.state).toBe('unknown');
  await resolveUnknown(here.world.ctx, { id: post.id, version: asked.version, answer: 'there' });
  await here.turns(3);
  expect(sent()).toBe(0);
  expect((await here.state(post.id)).state).toBe('published');
});

test('a person who says that it is not there has it sent once', async () => {
  const post = await here.scheduleIn(30);
  await restoreAfter(1);
  await startPosting(here.world.ctx);
  const { version } = await here.state(post.id);
  await resolveUnknown(
    { ...here.world.ctx, platforms: here.platform },
    { id: post.id, version, answer: 'not_there' },
  );
  await here.turns(3);
  expect(sent()).toBe(1);
});

test('a post that was being sent is looked up, and is not sent again', async () => {
  const post = await here.schedule();
  await beginSending(post);
  await restoreAfter(1);
  const [attempt] = await db.asSystem((tx) =>
    tx.select().from(publicationAttempts).where(eq(publicationAttempts.publicationId, post.id)),
  );
  expect(attempt?.outcome).toBe('unknown_outcome');
  await here.turns(3);
  expect(here.platform.lookups).toBeGreaterThan(0);
  expect((await here.state(post.id)).state).toBe('published');
  expect(sent()).toBe(1);
});

test('the rest of a thread that was being sent is not sent without an answer', async () => {
  const post = await here.scheduleThread('one', [{ text: 'two' }]);
  await beginSending(post);
  await restoreAfter(1);
  await startPosting(here.world.ctx);
  await here.turns(3);
  expect(sent()).toBe(1);
  expect(await questions()).toEqual([{ subject: post.id }]);
});

test('a post for later stays planned and is sent at its time, once a person has started posting', async () => {
  const post = await here.scheduleIn(180);
  await restoreAfter(1);
  expect((await here.state(post.id)).state).toBe('scheduled');
  here.world.clock.advance(2 * HOUR);
  await here.turns(2);
  expect(sent()).toBe(0);
  await startPosting(here.world.ctx);
  await here.turns(2);
  expect(sent()).toBe(1);
});

test('a post that was claimed for a time to come is released', async () => {
  const post = await here.scheduleIn(180);
  await db.asSystem((tx) =>
    tx
      .update(publications)
      .set({ state: 'queued', claimToken: 'gone', claimedUntil: here.world.clock.now() })
      .where(eq(publications.id, post.id)),
  );
  await restoreAfter(1);
  expect((await here.state(post.id)).state).toBe('scheduled');
});

test('everything is stopped, an alert says why, and only a manager or an owner starts it', async () => {
  await restoreAfter(1);
  const [workspace] = await db.asSystem((tx) =>
    tx.select().from(workspaces).where(eq(workspaces.id, here.world.workspaceId)),
  );
  expect(workspace).toMatchObject({ heldFor: 'emergency', heldBy: 'system:restore' });
  const open = () =>
    db.asSystem((tx) =>
      tx
        .select({ title: alerts.title })
        .from(alerts)
        .where(and(eq(alerts.workspaceId, here.world.workspaceId), eq(alerts.resolved, false))),
    );
  expect(await open()).toEqual([{ title: { fact: 'restoring.alerts.restored' } }]);
  await expect(startPosting(withRole(here.world.ctx, 'operator'))).rejects.toMatchObject({
    code: 'forbidden',
  });
  await startPosting(here.world.ctx);
  expect(await open()).not.toContainEqual({ title: { fact: 'restoring.alerts.restored' } });
});

/** The approvals and the states of publications, by publication. */
async function reviews() {
  const rows = await db.asSystem((tx) =>
    tx
      .select({
        id: publications.id,
        state: publications.state,
        approval: approvals.state,
        policy: approvals.policy,
        approvalId: approvals.id,
      })
      .from(approvals)
      .innerJoin(publications, eq(publications.approvalId, approvals.id))
      .where(eq(approvals.workspaceId, here.world.workspaceId)),
  );
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

test('no approval decides by itself after a restore, because it may have been decided since', async () => {
  await setReview(db, here.world.ctx, 'review_first', 'approve');
  const later = await here.scheduleIn(3000, undefined, withRole(here.world.ctx, 'operator'));
  await restoreAfter(1);
  expect((await reviews()).get(later.id)).toMatchObject({ state: 'awaiting_approval', policy: 'keep' });
  await startPosting(here.world.ctx);
  here.world.clock.advance(48 * HOUR);
  const { ctx } = here.world;
  await actOnDeadlines({ db, now: ctx.clock.now(), ctxOf: async () => ctx });
  expect((await reviews()).get(later.id)).toMatchObject({ state: 'awaiting_approval', approval: 'kept' });
});

test('a post that was awaiting approval and is due now is asked about, not approved and sent again', async () => {
  await setReview(db, here.world.ctx, 'review_first', 'approve');
  const operator = withRole(here.world.ctx, 'operator');
  const due = await here.scheduleIn(30, undefined, operator);
  await restoreAfter(1);
  await startPosting(here.world.ctx);
  const review = (await reviews()).get(due.id);
  expect(review).toMatchObject({ state: 'unknown', approval: 'withdrawn' });
  expect(await questions()).toEqual([{ subject: due.id }]);
  await expect(decideAsShown(here.world.ctx, review?.approvalId ?? '', 'approve')).rejects.toThrow();
  await here.turns(3);
  expect(sent()).toBe(0);

  // A member who may not approve does not approve it by saying that it is not there.
  const { version } = await here.state(due.id);
  const answered = await resolveUnknown(
    { ...operator, platforms: here.platform },
    { id: due.id, version, answer: 'not_there' },
  );
  expect(answered.state).toBe('awaiting_approval');
  await here.turns(3);
  expect(sent()).toBe(0);
  const asked = (await reviews()).get(due.id);
  expect(asked).toMatchObject({ approval: 'open' });
  await decideAsShown(here.world.ctx, asked?.approvalId ?? '', 'approve');
  await here.turns(3);
  expect(sent()).toBe(1);
});

test('an approval that also covers a later post stays open for that post', async () => {
  await setReview(db, here.world.ctx, 'review_first', 'keep');
  const operator = withRole(here.world.ctx, 'operator');
  const due = await here.scheduleIn(30, undefined, operator);
  const later = await here.scheduleIn(600, undefined, operator);
  const approvalId = (await reviews()).get(due.id)?.approvalId ?? '';
  await db.asSystem((tx) => tx.update(publications).set({ approvalId }).where(eq(publications.id, later.id)));
  await restoreAfter(1);
  expect((await reviews()).get(later.id)).toMatchObject({ approvalId, approval: 'open' });
  await startPosting(here.world.ctx);
  await decideAsShown(here.world.ctx, approvalId, 'approve');
  expect((await here.state(due.id)).state).toBe('unknown');
  expect((await here.state(later.id)).state).toBe('scheduled');
});

test('a missed post that may have been sent late since is asked about', async () => {
  await db.asSystem((tx) =>
    tx
      .update(postingSettings)
      .set({ missedPolicy: 'ask', missedMinutes: 0 })
      .where(eq(postingSettings.workspaceId, here.world.workspaceId)),
  );
  const post = await here.scheduleIn(30);
  here.world.clock.advance(5 * HOUR);
  await here.turn();
  expect((await here.state(post.id)).state).toBe('draft');
  await restoreAfter(1);
  expect((await here.state(post.id)).state).toBe('unknown');
  const open = await db.asSystem((tx) =>
    tx
      .select({ kind: actions.kind })
      .from(actions)
      .where(and(eq(actions.workspaceId, here.world.workspaceId), eq(actions.state, 'open'))),
  );
  expect(open).toEqual([{ kind: 'publication_unknown' }]);
});

test('sessions, codes and waiting e-mails end', async () => {
  const now = here.world.clock.now();
  const later = new Date(now.getTime() + HOUR * 24);
  await db.asSystem(async (tx) => {
    await tx
      .insert(sessions)
      .values({ id: newId('session'), userId: here.world.userId, lastSeenAt: now, expiresAt: later });
    await tx.insert(emailTokens).values({
      id: newId('emailToken'),
      userId: here.world.userId,
      purpose: 'reset',
      tokenHash: newId('emailToken'),
      expiresAt: later,
    });
    await tx.insert(emails).values({
      id: newId('email'),
      key: newId('email'),
      toAddress: 'a@example.test',
      template: 'reset-password',
      props: { url: 'secret' },
    });
  });
  await restoreAfter(1);
  await db.asSystem(async (tx) => {
    expect(await tx.$count(sessions)).toBe(0);
    expect(await tx.$count(emailTokens)).toBe(0);
    expect(await tx.$count(emails, sql`status in ('queued', 'sending')`)).toBe(0);
    expect(await tx.$count(emails, eq(emails.error, 'restored'))).toBeGreaterThan(0);
  });
});

test('unfinished listings and price changes wait for a user instead of being repeated in the shop', async () => {
  const shop = await makeShop(db);
  const change = newId('priceChange');
  await db.asWorkspace(shop.ctx.workspaceId, async (tx) => {
    await tx.insert(priceChanges).values({
      id: change,
      workspaceId: shop.ctx.workspaceId,
      listingId: shop.listingId,
      fromPrice: 1200,
      toPrice: 900,
      currency: 'USD',
      reason: plain('Cheaper'),
      state: 'pending',
      createdBy: 'user:usr_1',
      createdAt: shop.ctx.clock.now(),
    });
    await tx.update(listings).set({ state: 'delisting' }).where(eq(listings.id, shop.listingId));
  });
  await restoreAfter(1);
  const [row] = await db.asSystem((tx) => tx.select().from(priceChanges).where(eq(priceChanges.id, change)));
  expect(row?.state).toBe('failed');
  const [listing] = await db.asSystem((tx) =>
    tx.select().from(listings).where(eq(listings.id, shop.listingId)),
  );
  expect(listing?.state).toBe('failed');
});

test('price rules are off until a person turns them on again', async () => {
  const shop = await makeShop(db);
  const { id } = await saveRule(shop.ctx, {
    listingId: shop.listingId,
    minViews: 10,
    windowHours: 24,
    stepBasisPoints: 1000,
    cooldownHours: 12,
  });
  await restoreAfter(1);
  await startPosting(shop.ctx);
  expect(await evaluateRules({ ctx: shop.ctx })).toEqual({ checked: 0, changes: [] });
  const [rule] = (await listRules(shop.ctx, { limit: 5 })).items;
  expect(rule).toMatchObject({ id, active: false });
  expect(rule?.lastOutcome).toSay('Check the price in the shop');
});

test('evergreen posts are paused only if the backup is older than the slots that it has filled', async () => {
  const post = await here.scheduleIn(30);
  await setEvergreen(here.world.ctx, {
    postId: post.postId,
    version: 0,
    gapDays: 30,
    paused: false,
    wordings: {},
  });
  const paused = () =>
    db.asSystem(async (tx) => {
      const [row] = await tx.select().from(evergreenPosts).where(eq(evergreenPosts.postId, post.postId));
      return row?.paused;
    });
  await restoreAfter(22);
  expect(await paused()).toBe(false);
  await startPosting(here.world.ctx);
  await restoreAfter(24);
  expect(await paused()).toBe(true);
  const [alert] = await db.asSystem((tx) =>
    tx
      .select()
      .from(alerts)
      .where(and(eq(alerts.workspaceId, here.world.workspaceId), eq(alerts.resolved, false))),
  );
  expect(alert?.body).toSay('1 evergreen post is paused');
});
