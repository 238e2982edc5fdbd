import { eq, inArray, like } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, approvals, emails, members, publications } from '@/db/schema';
import { type Ctx, memberActor, systemActor } from '@/server/verbs/context';
import type { Role } from '@/server/verbs/permissions';
import { freshDb } from '@/tests/support/db';
import { readMails } from '@/tests/support/mails';
import { actingAs, addMember, createWorld, type World } from '@/tests/support/world';
import { approvalLink } from '../approval-requests/link';
import { schedulePublications } from '../planning/schedule-publications';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { actOnDeadlines } from './act-on-deadlines';
import { listApprovals } from './queries';
import { decideAsShown, pressLink } from './testing';

let db: Db;
let world: World;
let operator: { userId: string; email: string; name: string };
let manager: { userId: string; email: string; name: string };
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  world = await createWorld(db, { plan: 'free' });
  operator = await addMember(world, 'operator');
  manager = await addMember(world, 'manager');
});
// The job covers the deadlines of every workspace, so an approval left open by one test would affect the next.
afterEach(() =>
  db.asSystem(async (tx) => {
    await tx.delete(emails);
    await tx
      .update(approvals)
      .set({ state: 'withdrawn' })
      .where(inArray(approvals.state, ['open', 'kept']));
  }),
);

const as = (person: { userId: string; name: string }, role: Role): Ctx => ({
  ...world.ctx,
  actor: memberActor({ userId: person.userId, name: person.name, role }),
});
/** Schedules a post that needs approval. */
async function ask(ctx: Ctx, policy: 'approve' | 'reject' | 'keep' = 'keep', text = 'Tea at five') {
  await setReview(db, ctx, 'review_first', policy);
  const post = await writePost(ctx, text);
  await schedulePublications(
    { ...ctx, platforms: new FakePlatform() },
    {
      postId: post.id,
      version: 1,
      targets: [{ connectionId: await addConnection(db, ctx) }],
      when: { kind: 'now' },
      requestKey: `key-${post.id}`,
    },
  );
  const [approval] = await listApprovals(world.ctx, {});
  if (!approval) throw new Error('no open approval');
  return { id: approval.id, postId: post.id };
}
const mails = async (start: string) => {
  const rows = await readMails(db, like(emails.key, `${start}%`));
  return rows
    .sort((a, b) => (a.toAddress < b.toAddress ? -1 : 1))
    .map(({ toAddress, subject, body }) => ({ to: toAddress, subject, body }));
};
const deadlines = () =>
  actOnDeadlines({
    db,
    now: world.clock.now(),
    ctxOf: async () => ({ ...world.ctx, actor: systemActor('deadlines') }),
  });

describe('requesting approval', () => {
  it('e-mails every member who can approve, each with a personal link, and no other user', async () => {
    const stranger = await createWorld(db);
    await ask(as(operator, 'operator'));
    const sent = await mails('approval-requested');
    expect(sent.map((m) => m.to).sort()).toEqual([world.email, manager.email].sort());
    expect(sent.map((m) => m.to)).not.toContain(stranger.email);
    const links = sent.map((m) => /api\/approvals\/([\w.-]+)/.exec(m.body)?.[1]);
    expect(new Set(links).size).toBe(2);
    // A single event, which triggers the e-mail sender.
    expect(world.events.sent.map((s) => s.name)).toEqual(['email/queued']);
  });
});

describe('a member who can approve', () => {
  const sent = async (ctx: Ctx) => {
    await setReview(db, ctx, 'review_first');
    const post = await writePost(ctx, 'By myself');
    const [publication] = await schedulePublications(
      { ...ctx, platforms: new FakePlatform() },
      {
        postId: post.id,
        version: 1,
        targets: [{ connectionId: await addConnection(db, ctx) }],
        when: { kind: 'now' },
        requestKey: `key-${post.id}`,
      },
    );
    return publication?.state;
  };

  it('approves by sending, as a sole owner, an owner next to a manager, or a manager; no e-mail is sent', async () => {
    expect(await sent(world.ctx)).toBe('scheduled');
    expect(await sent(as(manager, 'manager'))).toBe('scheduled');
    await db.asSystem((tx) =>
      tx.delete(members).where(inArray(members.userId, [operator.userId, manager.userId])),
    );
    expect(await sent(world.ctx)).toBe('scheduled');
    expect(await mails('approval-requested')).toEqual([]);
    expect(await listApprovals(world.ctx, {})).toEqual([]);
  });

  it('is asked for approval when an operator sends a post, also as the only owner', async () => {
    await db.asSystem((tx) => tx.delete(members).where(eq(members.userId, manager.userId)));
    expect(await sent(as(operator, 'operator'))).toBe('awaiting_approval');
    expect((await mails('approval-requested')).map((m) => m.to)).toEqual([world.email]);
  });
});

describe('deciding', () => {
  it.each([
    ['approve', 'Approved'],
    ['reject', 'Rejected'],
  ] as const)(
    '%s: the member who requested it is notified once, with the name of the approver',
    async (decision, word) => {
      const { id, postId } = await ask(as(operator, 'operator'));
      world.events.sent.length = 0;
      const both = await Promise.allSettled([
        decideAsShown(as(manager, 'manager'), id, decision),
        decideAsShown(world.ctx, id, decision),
      ]);
      expect(both.map((b) => b.status).sort()).toEqual(['fulfilled', 'rejected']);
      const received = [...(await mails('approval-approved')), ...(await mails('approval-rejected'))];
      expect(received).toHaveLength(1);
      expect(received[0]).toMatchObject({ to: operator.email, subject: `${word}: Tea at five` });
      expect(received[0]?.body).toMatch(/Decided by Test (manager|owner)/);
      expect(received[0]?.body).toContain(`/posts/${postId}`);
      expect(world.events.sent.filter((s) => s.name === 'email/queued')).toHaveLength(1);
    },
  );

  it('does not notify members of their own decisions, in the app or by link', async () => {
    // The member who requested it has become a manager since.
    const first = await ask(as(operator, 'operator'));
    await db.asSystem((tx) =>
      tx.update(members).set({ role: 'manager' }).where(eq(members.userId, operator.userId)),
    );
    await decideAsShown(as(operator, 'manager'), first.id, 'approve');
    const second = await ask(as(operator, 'operator'), 'keep', 'Coffee at six');
    expect(second.id).not.toBe(first.id);
    const [row] = await db.asSystem((tx) => tx.select().from(approvals).where(eq(approvals.id, second.id)));
    const token = row ? approvalLink(row, operator.userId).split('/').at(-1) : '';
    const gate = world.services;
    expect((await pressLink(gate, token ?? '', 'reject')).kind).toBe('decided');
    expect([...(await mails('approval-approved')), ...(await mails('approval-rejected'))]).toEqual([]);
  });

  it('by link names the owner of the link', async () => {
    await ask(as(operator, 'operator'));
    const [mail] = (await mails('approval-requested')).filter((m) => m.to === manager.email);
    const token = /api\/approvals\/([\w.-]+)/.exec(mail?.body ?? '')?.[1] ?? '';
    await pressLink(world.services, token, 'approve');
    const [received] = await mails('approval-approved');
    expect(received).toMatchObject({ to: operator.email });
    expect(received?.body).toContain('Decided by Test manager');
  });

  it('does not notify a member who has left the workspace', async () => {
    const { id } = await ask(as(operator, 'operator'));
    await db.asSystem((tx) => tx.delete(members).where(eq(members.userId, operator.userId)));
    await decideAsShown(world.ctx, id, 'approve');
    expect(await mails('approval-approved')).toEqual([]);
  });
});

describe('the deadline', () => {
  it('of an approval that keeps failing does not block the next ones, in any workspace', async () => {
    const stuck = [await ask(as(operator, 'operator'), 'approve', 'Stuck')];
    const poisoned = world.workspaceId;
    // The deadline of the failing approval passes first.
    world.clock.advance(60_000);
    const { ctx: theirs } = world;
    const other = await createWorld(db, { plan: 'free', clock: world.clock });
    world = other;
    const fine = await ask(await actingAs(other, 'operator'), 'reject', 'Fine');
    world.clock.advance(25 * 3_600_000);
    const sweep = () =>
      actOnDeadlines({
        db,
        now: world.clock.now(),
        batch: 1,
        ctxOf: async (workspaceId) => {
          if (workspaceId === poisoned) throw new Error('always');
          return { ...other.ctx, actor: systemActor('deadlines') };
        },
      });
    expect(await sweep()).toEqual({ approved: 0, rejected: 1, kept: 0, failed: 1 });
    const states = async (ids: string[]) =>
      (await db.asSystem((tx) => tx.select().from(approvals).where(inArray(approvals.id, ids)))).map(
        (row) => row.state,
      );
    expect(await states([fine.id])).toEqual(['rejected']);
    // It stays open for a member to decide, and is retried.
    expect(await states(stuck.map(({ id }) => id))).toEqual(['open']);
    expect(await sweep()).toEqual({ approved: 0, rejected: 0, kept: 0, failed: 1 });
    expect(await listApprovals(theirs, {})).toHaveLength(1);
  });

  it.each([
    ['approve', 'approved', 'It will be published at its scheduled time'],
    ['reject', 'rejected', 'It will not be published'],
    ['keep', 'kept', 'It stays on hold until someone'],
  ] as const)('%s: the member who requested it is notified once', async (policy, outcome, words) => {
    await ask(as(operator, 'operator'), policy);
    world.clock.advance(24 * 3_600_000);
    await Promise.all([deadlines(), deadlines()]);
    await deadlines();
    const received = await mails(`approval-${outcome}`);
    expect(received).toHaveLength(1);
    expect(received[0]?.to).toBe(operator.email);
    expect(received[0]?.body).toContain(words);
    expect(received[0]?.body).toContain(outcome === 'kept' ? 'No one decided in time.' : 'the deadline');
  });

  it('keeps the approval open and raises an alert if the plan is full; a decision resolves the alert', async () => {
    const { id } = await ask(as(operator, 'operator'), 'approve');
    world.clock.advance(24 * 3_600_000);
    // Posts published in the meantime used up the plan's limit for the day.
    await setReview(db, world.ctx, 'post_at_once');
    for (let i = 0; i < 5; i++) {
      const post = await writePost(world.ctx, `Filler ${i}`);
      await schedulePublications(
        { ...world.ctx, platforms: new FakePlatform() },
        {
          postId: post.id,
          version: 1,
          targets: [{ connectionId: await addConnection(db, world.ctx) }],
          when: { kind: 'now' },
          requestKey: `filler-${post.id}`,
        },
      );
    }
    expect(await deadlines()).toEqual({ approved: 0, rejected: 0, kept: 1, failed: 0 });
    const kept = await mails('approval-kept');
    expect(kept.map((m) => m.to)).toEqual([operator.email]);
    expect(kept[0]?.body).toContain(
      'because your plan’s limit for today is reached. The Free plan includes 5 posts a day',
    );
    expect(kept[0]?.body).toContain('It stays on hold until someone approves or rejects it.');
    expect(kept[0]?.body).not.toContain('Decided by');
    expect(await mails('approval-approved')).toEqual([]);
    const open = () =>
      db.asSystem((tx) =>
        tx
          .select()
          .from(alerts)
          .where(like(alerts.key, `approval:${id}:%`)),
      );
    expect((await open()).map((a) => a.resolved)).toEqual([false]);
    await decideAsShown(world.ctx, id, 'reject');
    expect((await open()).map((a) => a.resolved)).toEqual([true]);
    const waiting = await db.asSystem((tx) =>
      tx.select().from(publications).where(eq(publications.approvalId, id)),
    );
    expect(waiting.map((p) => p.state)).toEqual(['cancelled']);
  });
});
