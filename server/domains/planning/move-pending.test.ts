import { and, eq, like } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { actions, emails, publicationAttempts, publications, workspaces } from '@/db/schema';
import { translatorFor } from '@/i18n/words';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { readMails } from '@/tests/support/mails';
import { plain } from '@/tests/support/plain';
import { eachTestIsReviewed, type Reviewed } from '@/tests/support/reviewed';
import type { World } from '@/tests/support/world';
import { decideApproval } from '../approvals/decide-approval';
import { decideByLink, readByLink } from '../approvals/decide-by-link';
import { linkPage } from '../approvals/link-page';
import { listApprovals } from '../approvals/queries';
import type { Approval } from '../approvals/schemas';
import { decideAsShown, pressLink } from '../approvals/testing';
import { claimDue } from '../due/claim-due';
import { updatePost } from '../post-edits/update-post';
import { stopPosting } from '../posting-control/stop-posting';
import { undoStop } from '../posting-control/undo-stop';
import type { Post } from '../posts/schemas';
import { answerMissed } from '../publication-recovery/answer-missed';
import { retryPublication } from '../publication-recovery/retry-publication';
import { cancelPublication } from '../publications/cancel-publication';
import { MISSED_ACTION } from '../publications/missed';
import { publishDue } from '../publisher/publish-due';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { currentFingerprint } from '../todo/testing';
import { changeSeries } from './change-series';
import { createSeries } from './create-series';
import { reorderQueue } from './reorder-queue';
import { reschedulePublication } from './reschedule-publication';
import { schedulePublications } from './schedule-publications';
import { topUpSeries } from './top-up-series';

const linkWords = translatorFor('en', 'approvalLink');

let db: Db;
let world: World;
let operator: Ctx;
let manager: Ctx;
let platform: FakePlatform;
let x: string;
let row: Reviewed['row'];
let presses = 0;
eachTestIsReviewed((here) => {
  ({ db, world, operator, manager, platform, x, row } = here);
});

const at = (time: string) => `2026-03-02T${time}`;
const utc = (time: string) => new Date(`2026-03-02T${time}:00Z`);
const send = (post: Post, ctx: Ctx, time: string, on = [x]) =>
  schedulePublications(
    { ...ctx, platforms: platform },
    {
      postId: post.id,
      version: post.version,
      targets: on.map((connectionId) => ({ connectionId })),
      when: { kind: 'at', local: at(time) },
      requestKey: `move-press-${++presses}`,
    },
  );
const rowsOf = (post: Pick<Post, 'id'>) =>
  db.asSystem((tx) =>
    tx.select().from(publications).where(eq(publications.postId, post.id)).orderBy(publications.dueAt),
  );
const move = async (ctx: Ctx, id: string, time: string) =>
  reschedulePublication(ctx, { id, version: (await row(id)).version, local: at(time) });
const open = () => listApprovals(world.ctx, {});
const onlyOpen = async (): Promise<Approval> => {
  const [one, ...more] = await open();
  if (!one || more.length > 0) throw new Error('expected exactly one open approval');
  return one;
};
const mails = () => readMails(db, like(emails.key, 'approval-requested:%'));
const tokenOf = (body: string | undefined) => /api\/approvals\/([\w.-]+)/.exec(body ?? '')?.[1] ?? '';
const gate = () => world.services;
// Not the shared helper, because property tests replace the account and the platform between runs.
async function goOut(): Promise<void> {
  await claimDue({ db, clock: world.clock });
  await publishDue({ ctx: { ...world.ctx, platforms: platform }, input: { connectionId: x } });
}
const sent = () => platform.posts.map((p) => p.text);

describe('a move', () => {
  it('of a pending post requests a new approval; the old link, page and to-do entry do not approve the new time', async () => {
    const [publication] = await send(await writePost(operator), operator, '12:00');
    const id = publication?.id ?? '';
    const before = await onlyOpen();
    const token = tokenOf((await mails())[0]?.body);
    const moved = await move(operator, id, '15:00');
    expect(moved).toMatchObject({ state: 'awaiting_approval', dueAt: utc('15:00') });

    await expect(
      decideApproval(manager, { id: before.id, decision: 'approve', fingerprint: before.fingerprint }),
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('moved or edited') });
    const pressed = await decideByLink(gate(), token, {
      decision: 'approve',
      fingerprint: before.fingerprint,
    });
    expect(pressed).toMatchObject({ kind: 'over', approval: { state: 'withdrawn' } });
    expect(
      linkPage(pressed, { appUrl: 'https://app.test', preferred: 'approve', words: linkWords }),
    ).toMatchObject({
      status: 409,
      html: expect.stringContaining('moved or edited after this e-mail was sent'),
    });
    expect((await row(id)).state).toBe('awaiting_approval');

    const now = await onlyOpen();
    expect(now.id).not.toBe(before.id);
    expect(now.publications).toMatchObject([{ id, dueAt: utc('15:00') }]);
    const received = (await mails()).filter(({ key }) => key.startsWith(`approval-requested:${now.id}`));
    expect(received).toHaveLength(2);
    for (const { body } of received) expect(body).toContain('15:00');
    expect((await pressLink(gate(), tokenOf(received[0]?.body), 'approve')).kind).toBe('decided');
    expect(await row(id)).toMatchObject({ state: 'scheduled', dueAt: utc('15:00') });
  });

  it('keeps the approval’s publications together, and requests nothing if the time stays the same', async () => {
    const second = await addConnection(db, world.ctx);
    const scheduled = await send(await writePost(operator), operator, '12:00', [x, second]);
    const before = await onlyOpen();
    await move(operator, scheduled[0]?.id ?? '', '12:00');
    expect((await onlyOpen()).id).toBe(before.id);
    await move(operator, scheduled[0]?.id ?? '', '13:00');
    const now = await onlyOpen();
    expect(now.publications.map((p) => p.dueAt)).toEqual([utc('12:00'), utc('13:00')]);
    await decideAsShown(manager, now.id, 'approve');
    expect((await Promise.all(scheduled.map(({ id }) => row(id)))).map((r) => r.state)).toEqual([
      'scheduled',
      'scheduled',
    ]);
  });

  it('of an approved post needs approval if an operator moves it, and none if an approver does', async () => {
    const [publication] = await send(await writePost(operator), operator, '12:00');
    const id = publication?.id ?? '';
    await decideAsShown(manager, (await onlyOpen()).id, 'approve');
    expect((await move(operator, id, '09:00')).state).toBe('awaiting_approval');
    for (const time of ['09:00', '12:00']) {
      world.clock.set(utc(time).toISOString());
      await goOut();
    }
    expect(sent()).toEqual([]);
    await move(operator, id, '14:00');
    await decideAsShown(manager, (await onlyOpen()).id, 'approve');
    expect((await move(manager, id, '13:00')).state).toBe('scheduled');
    expect(await open()).toEqual([]);
    world.clock.set(utc('13:00').toISOString());
    await goOut();
    expect(sent()).toEqual(['Hello']);
  });

  it('needs no approval where posts are not reviewed, whoever moves them', async () => {
    await setReview(db, world.ctx, 'post_at_once');
    const [publication] = await send(await writePost(operator), operator, '12:00');
    expect((await move(operator, publication?.id ?? '', '13:00')).state).toBe('scheduled');
    expect(await mails()).toEqual([]);
  });

  it('in the queue requests approval of each post whose time changes', async () => {
    const posts = await Promise.all(['first', 'second', 'third'].map((text) => writePost(world.ctx, text)));
    const made: string[] = [];
    for (const [i, post] of posts.entries())
      made.push((await send(post, world.ctx, `1${i}:00`))[0]?.id ?? '');
    const order = [made[1], made[0]].map((id) => ({ id: id ?? '', version: 1 }));
    const input = { connectionId: x, items: order };
    expect(await reorderQueue(operator, input)).toMatchObject({ asked: true });
    expect((await open()).map((a) => a.title).sort()).toEqual(['first', 'second']);
    expect(await Promise.all(made.map(async (id) => (await row(id)).state))).toEqual([
      'awaiting_approval',
      'awaiting_approval',
      'scheduled',
    ]);
  });

  it('of a repeated post also holds its later days, including those created afterwards', async () => {
    const post = await writePost(world.ctx);
    const repeat = {
      postId: post.id,
      version: 1,
      targets: [{ connectionId: x }],
      unit: 'week' as const,
      every: 1,
      weekdays: [1],
      startDay: '2026-03-09',
      time: '12:00',
      ends: { kind: 'never' as const },
      requestKey: 'weekly-move',
    };
    const { id } = await createSeries({ ...world.ctx, platforms: platform }, repeat);
    const scope = { kind: 'later' as const, day: '2026-03-23' };
    await changeSeries({ ...operator, platforms: platform }, { id, version: 1, scope, time: '18:00' });
    world.clock.advance(7 * 86_400_000);
    await topUpSeries({ ctx: { ...world.ctx, platforms: platform } });
    const all = await rowsOf(post);
    const states = all.map((r) => `${r.localTime.slice(11)} ${r.state}`);
    expect(states.slice(0, 2)).toEqual(['12:00 scheduled', '12:00 scheduled']);
    expect(states.length).toBeGreaterThan(8);
    expect(new Set(states.slice(2))).toEqual(new Set(['18:00 awaiting_approval']));
    const asked = await onlyOpen();
    expect(asked.publications).toHaveLength(states.length - 2);
    // Moving it again before a decision leaves a single approval. The earlier days are not held.
    const later = asked.publications[0]?.id ?? '';
    await move(operator, later, '19:00').catch(() => {});
    await decideAsShown(manager, (await onlyOpen()).id, 'approve');
    expect(new Set((await rowsOf(post)).map((r) => r.state))).toEqual(new Set(['scheduled']));
  });

  it('of a pending repeated post requests a new approval, whoever changes its time or text', async () => {
    const post = await writePost(operator);
    const { id } = await createSeries(
      { ...operator, platforms: platform },
      {
        postId: post.id,
        version: 1,
        targets: [{ connectionId: x }],
        unit: 'week',
        every: 1,
        weekdays: [1],
        startDay: '2026-03-09',
        time: '12:00',
        ends: { kind: 'after', count: 3 },
        requestKey: 'weekly-waiting',
      },
    );
    const first = await onlyOpen();
    const all = { kind: 'all' as const };
    await changeSeries({ ...manager, platforms: platform }, { id, version: 1, scope: all, time: '18:00' });
    const second = await onlyOpen();
    expect(second.id).not.toBe(first.id);
    expect(second.publications.map((p) => p.localTime.slice(11))).toEqual(['18:00', '18:00', '18:00']);
    await changeSeries({ ...manager, platforms: platform }, { id, version: 2, scope: all, newestText: true });
    const third = await onlyOpen();
    expect(third.id).not.toBe(second.id);
    expect(third.publications).toHaveLength(3);
    const old = await listApprovals(world.ctx, { state: 'withdrawn' });
    expect(old.map((a) => a.replacedBy).sort()).toEqual([second.id, third.id].sort());
  });

  const weekly = async (ctx: Ctx, startDay = '2026-03-09') => {
    const post = await writePost(ctx);
    const { id } = await createSeries(
      { ...ctx, platforms: platform },
      {
        postId: post.id,
        version: 1,
        targets: [{ connectionId: x }],
        unit: 'week',
        every: 1,
        weekdays: [1],
        startDay,
        time: '12:00',
        ends: { kind: 'after', count: 3 },
        requestKey: `weekly-${++presses}`,
      },
    );
    await db.asSystem((tx) => tx.delete(emails));
    return { post, id };
  };
  /** The times in an e-mail, without the marks that isolate them from text in another direction. */
  const timesIn = (body: string | undefined) =>
    body?.replace(/[\u2066-\u2069]/g, '').match(/2026-\d\d-\d\d \d\d:\d\d(?= UTC\n)/g);

  it('of one day stays pending when an approver applies the latest text to all days', async () => {
    const { id, post } = await weekly(manager);
    const [first] = await rowsOf(post);
    const input = { id: first?.id ?? '', version: first?.version ?? 0, local: '2026-03-09T03:33' };
    await reschedulePublication(operator, input);
    const asked = await onlyOpen();
    await updatePost(
      { ...manager, platforms: platform },
      { id: post.id, version: 1, from: '2027-01-01', variants: [{ platform: 'x', text: 'newer' }] },
    );
    const scope = { kind: 'all' as const };
    await changeSeries({ ...manager, platforms: platform }, { id, version: 1, scope, newestText: true });
    const now = await onlyOpen();
    expect((await rowsOf(post)).map((r) => [r.localTime.slice(5), r.text, r.state])).toEqual([
      ['03-09T03:33', 'newer', 'awaiting_approval'],
      ['03-16T12:00', 'newer', 'scheduled'],
      ['03-23T12:00', 'newer', 'scheduled'],
    ]);
    expect(now.publications).toMatchObject([{ id: first?.id, text: 'newer' }]);
    expect(await listApprovals(world.ctx, { state: 'withdrawn' })).toMatchObject([
      { id: asked.id, replacedBy: now.id },
    ]);
    await decideAsShown(manager, now.id, 'reject');
    expect((await rowsOf(post)).map((r) => r.state)).toEqual(['cancelled', 'scheduled', 'scheduled']);
  });

  it.each([
    ['the latest text', { newestText: true }, ['03-09T12:00', '03-16T12:00', '03-23T12:00']],
    ['another time', { time: '18:00' }, ['03-09T18:00', '03-16T18:00', '03-23T18:00']],
    ['both', { time: '18:00', newestText: true }, ['03-09T18:00', '03-16T18:00', '03-23T18:00']],
  ] as const)(
    'of a repeated post to %s names the first affected time in the e-mail and counts each day once',
    async (_, change, times) => {
      for (const day of ['2026-03-09', '2026-03-16']) {
        const { id } = await weekly(manager);
        const scope = day === '2026-03-09' ? { kind: 'all' as const } : { kind: 'later' as const, day };
        const done = await changeSeries(
          { ...operator, platforms: platform },
          { id, version: 1, scope, ...change },
        );
        const about = times.filter((time) => `2026-${time}` >= day);
        expect(done.changed).toBe(about.length);
        const asked = await onlyOpen();
        expect(asked.publications.map((p) => p.localTime.slice(5))).toEqual(about);
        const received = await mails();
        expect(received).toHaveLength(2);
        for (const { body } of received)
          expect(timesIn(body)?.[0]).toBe(asked.publications[0]?.localTime.replace('T', ' '));
        await decideAsShown(manager, asked.id, 'reject');
      }
    },
  );

  it('of a repeated post without occurrences shows its text and first time in the e-mail', async () => {
    const { id, post } = await weekly(manager, '2026-08-03');
    const scope = { kind: 'later' as const, day: '2026-08-10' };
    await changeSeries({ ...operator, platforms: platform }, { id, version: 1, scope, time: '18:00' });
    const [received] = await mails();
    expect(received?.body).toContain('Hello');
    expect(received?.body).toContain('on Monday at 18:00, 2 times, from 10 Aug 2026 (UTC)');
    await db.asSystem((tx) => tx.delete(emails));
    const variants = [{ platform: 'x', text: 'newer' }];
    await updatePost({ ...operator, platforms: platform }, { id: post.id, version: 1, variants });
    const [edited] = await mails();
    expect(edited?.body).toContain('newer');
    expect(edited?.body).toMatch(/on Monday at 12:00, .*from 3 Aug 2026/);
  });

  it('of a repeated post leaves an occurrence that may already be out to a user', async () => {
    const { id, post } = await weekly(manager);
    const [first] = await rowsOf(post);
    await db.asSystem((tx) =>
      tx.insert(publicationAttempts).values({
        id: newId('attempt'),
        workspaceId: world.workspaceId,
        publicationId: first?.id ?? '',
        number: 1,
        kind: 'publish',
        startedAt: world.clock.now(),
      }),
    );
    const scope = { kind: 'all' as const };
    const done = await changeSeries(
      { ...manager, platforms: platform },
      { id, version: 1, scope, time: '18:00' },
    );
    expect(done.changed).toBe(2);
    expect((await rowsOf(post)).map((r) => [r.localTime.slice(5), r.state])).toEqual([
      ['03-09T12:00', 'unknown'],
      ['03-16T18:00', 'scheduled'],
      ['03-23T18:00', 'scheduled'],
    ]);
  });

  it.each(['post_now', 'next_free'] as const)(
    'of a missed post that is answered with %s needs approval',
    async (answer) => {
      const [publication] = await send(await writePost(world.ctx), world.ctx, '12:00');
      const id = publication?.id ?? '';
      world.clock.set(utc('20:00').toISOString());
      const actionId = newId('action');
      await db.asSystem(async (tx) => {
        await tx.insert(actions).values({
          id: actionId,
          workspaceId: world.workspaceId,
          kind: MISSED_ACTION,
          subjectType: 'publication',
          subjectId: id,
          title: plain('Missed'),
          prompt: plain('It was missed.'),
        });
        await tx
          .update(publications)
          .set({ state: 'draft', setAsideBy: actionId, setAsideFrom: 'scheduled' })
          .where(eq(publications.id, id));
      });
      await answerMissed({
        ctx: operator,
        input: { actionId, answer, fingerprint: await currentFingerprint(operator, actionId) },
      });
      expect((await row(id)).state).toBe('awaiting_approval');
      expect((await onlyOpen()).publications).toMatchObject([{ id }]);
      await goOut();
      expect(sent()).toEqual([]);
      await decideAsShown(manager, (await onlyOpen()).id, 'approve');
      expect((await row(id)).state).toBe('scheduled');
    },
  );

  it('by retrying a failed post needs approval only long after its time', async () => {
    const scheduled = await send(await writePost(world.ctx), world.ctx, '12:00', [
      x,
      await addConnection(db, world.ctx),
    ]);
    await db.asSystem((tx) =>
      tx
        .update(publications)
        .set({ state: 'failed' })
        .where(and(eq(publications.workspaceId, world.workspaceId))),
    );
    const again = (id: string | undefined) => retryPublication(operator, { id: id ?? '', version: 1 });
    world.clock.set(utc('12:03').toISOString());
    expect((await again(scheduled[0]?.id)).state).toBe('scheduled');
    world.clock.advance(3 * 86_400_000);
    expect((await again(scheduled[1]?.id)).state).toBe('awaiting_approval');
  });
});

describe('the link in an e-mail', () => {
  const read = async (token: string) => {
    const { status, html } = linkPage(await readByLink(gate(), token), {
      appUrl: 'https://app.test',
      preferred: 'approve',
      words: linkWords,
    });
    const words = html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
    return { status, words, leadsTo: /todo#(\w+)/.exec(html)?.[1] };
  };
  const asked = async () => {
    const [publication] = await send(await writePost(operator), operator, '12:00');
    const [own] = (await mails()).filter(({ toAddress }) => toAddress !== world.email);
    return { id: publication?.id ?? '', seen: await onlyOpen(), token: tokenOf(own?.body) };
  };

  it('leads to the current approval, however often the post was moved, and later shows the decision', async () => {
    const { id, seen, token } = await asked();
    const press = () =>
      decideApproval(manager, { id: seen.id, decision: 'approve', fingerprint: seen.fingerprint });
    for (const time of ['13:00', '14:00', '15:00']) {
      await move(operator, id, time);
      const now = await onlyOpen();
      expect(await read(token)).toMatchObject({ status: 409, leadsTo: now.id });
      await expect(press()).rejects.toMatchObject({
        message: expect.stringContaining('moved or edited. Review'),
        details: { replacedBy: now.id },
      });
    }
    const last = await onlyOpen();
    await decideAsShown(world.ctx, last.id, 'approve');
    const page = await read(token);
    expect(page).toMatchObject({ status: 200, leadsTo: undefined });
    expect(page.words).toContain('Approved: ');
    expect(page.words).toContain('moved or edited after this e-mail was sent');
    expect(page.words).toContain('Test owner approved it');
    expect(page.words).not.toContain('pressed');
    await expect(press()).rejects.toMatchObject({
      message: expect.stringContaining('already been approved'),
      details: { replacedBy: last.id },
    });
    await cancelPublication(manager, { id, version: (await row(id)).version });
    expect((await read(token)).words).toContain('cancelled');
  });

  it('says that nothing is left to decide after the post was moved and cancelled', async () => {
    const { id, seen, token } = await asked();
    await move(operator, id, '13:00');
    await cancelPublication(operator, { id, version: (await row(id)).version });
    const page = await read(token);
    expect(page.status).toBe(200);
    expect(page.words).toContain('Nothing to approve');
    await expect(
      decideApproval(manager, { id: seen.id, decision: 'approve', fingerprint: seen.fingerprint }),
    ).rejects.toMatchObject({ message: expect.stringContaining('cancelled') });
  });

  it.each([
    ['approve', 'You approved it. It will be published at its scheduled time.'],
    ['reject', 'You rejected it. It will not be published.'],
  ] as const)(
    'shows the decision when opened again after choosing %s, and reports a conflict when pressed again',
    async (decision, words) => {
      const { token } = await asked();
      await pressLink(gate(), token, decision);
      const page = await read(token);
      expect(page.status).toBe(200);
      expect(page.words.replace(/\s+/g, ' ')).toContain(words);
      expect(page.words).not.toContain('before you did');
      const again = await pressLink(gate(), token, 'reject');
      const second = linkPage(again, { appUrl: 'https://app.test', preferred: 'reject', words: linkWords });
      expect(second.status).toBe(409);
      expect(second.html).toContain('decided before you did');
    },
  );

  it.each([
    ['pause', 'Posting is paused'],
    ['stop', 'Posting is stopped'],
    ['emergency', 'Everything is stopped'],
  ] as const)(
    'that approves during a %s says that the post is not published yet, and so does the e-mail',
    async (heldFor, words) => {
      const { token } = await asked();
      const hold = (heldAt: Date | null) =>
        db.asSystem((tx) =>
          tx
            .update(workspaces)
            .set({ heldAt, heldBy: null, heldFor: heldAt && heldFor })
            .where(eq(workspaces.id, world.workspaceId)),
        );
      await hold(world.clock.now());
      const pressed = await pressLink(gate(), token, 'approve');
      const page = linkPage(pressed, { appUrl: 'https://app.test', preferred: 'approve', words: linkWords });
      expect(page.status).toBe(200);
      for (const said of [page.html, (await read(token)).words]) {
        expect(said).toContain(words);
        expect(said).not.toContain('at its scheduled time');
      }
      const [received] = await readMails(db, like(emails.key, 'approval-approved:%'));
      expect(received?.body).toContain('Posting is stopped');
      await hold(null);
      expect((await read(token)).words).toContain('It will be published at its scheduled time.');
    },
  );
});

describe('a decision', () => {
  it('covers only what was shown: if the pending posts have changed, it fails with a conflict that carries the current ones', async () => {
    const second = await addConnection(db, world.ctx);
    const scheduled = await send(await writePost(operator), operator, '12:00', [x, second]);
    const seen = await onlyOpen();
    const token = tokenOf((await mails())[0]?.body);
    const { id = '', version = 0 } = scheduled[1] ?? {};
    await cancelPublication(operator, { id, version });
    const now = await onlyOpen();
    expect(now.id).toBe(seen.id);
    await expect(
      decideApproval(manager, { id: seen.id, decision: 'approve', fingerprint: seen.fingerprint }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^(?!.*moved or edited).*a copy was cancelled/),
      details: { state: 'open', fingerprint: now.fingerprint },
    });
    for (const fingerprint of [seen.fingerprint, '']) {
      const answer = await decideByLink(gate(), token, { decision: 'approve', fingerprint });
      expect(answer).toMatchObject({ kind: 'changed' });
      const page = linkPage(answer, { appUrl: 'https://app.test', preferred: 'approve', words: linkWords });
      expect(page.status).toBe(409);
      expect(page.html).toContain('your decision was not saved');
      expect(page.html).toContain(`name="fingerprint" value="${now.fingerprint}"`);
    }
    expect((await row(scheduled[0]?.id ?? '')).state).toBe('awaiting_approval');
    expect(await readByLink(gate(), token)).toMatchObject({ kind: 'open' });
    expect((await pressLink(gate(), token, 'approve')).kind).toBe('decided');
    expect((await row(scheduled[0]?.id ?? '')).state).toBe('scheduled');
  });

  it('is required before publishing: under any sequence of edits, moves, decisions, stops and undos, only content and times that an approver saw are published', async () => {
    const who = fc.constantFrom('operator' as const, 'manager' as const);
    const often = fc.integer({ min: 0, max: 9 }).map((n) => n > 0);
    const step = fc.oneof(
      fc.record({ do: fc.constant('move' as const), who, hours: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('edit' as const), who, text: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ do: fc.constant('look' as const) }),
      fc.record({
        do: fc.constant('decide' as const),
        fresh: fc.boolean(),
        approve: often,
        link: fc.boolean(),
      }),
      fc.record({ do: fc.constantFrom('stop' as const, 'undo' as const) }),
      fc.record({ do: fc.constant('due' as const) }),
    );
    let out = 0;
    await fc.assert(
      fc.asyncProperty(who, fc.array(step, { minLength: 2, maxLength: 8 }), async (author, steps) => {
        await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
        await db.asSystem((tx) => tx.delete(emails));
        // Lift the hold of the previous run.
        await db.asSystem((tx) => tx.update(workspaces).set({ heldAt: null, heldFor: null, heldBy: null }));
        world.clock.set(utc('08:00').toISOString());
        platform = new FakePlatform();
        x = await addConnection(db, world.ctx);
        const as = { operator, manager };
        const post = await writePost(as[author], 'as written');
        const [publication] = await send(post, as[author], '10:00');
        const id = publication?.id ?? '';
        /** Texts and times that an approver saw and released. */
        const agreed = new Set<string>();
        const shape = (text: string, dueAt: Date) => `${text} at ${dueAt.toISOString()}`;
        if (author === 'manager') agreed.add(shape('as written', utc('10:00')));
        let version = post.version;
        let seen = await open();
        let stop: string | null = null;
        const tried = async (act: () => Promise<unknown>) => {
          try {
            await act();
            return true;
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^(conflict|invalid)$/) });
            return false;
          }
        };
        for (const one of [...steps, { do: 'due' as const }]) {
          const before = await row(id);
          if (one.do === 'move') {
            const later = new Date(Math.max(before.dueAt.getTime(), world.clock.now().getTime()));
            const local = new Date(later.getTime() + one.hours * 3_600_000).toISOString().slice(0, 16);
            const input = { id, version: before.version, local };
            await tried(() => reschedulePublication(as[one.who], input));
          }
          if (one.do === 'edit')
            await tried(async () => {
              const variants = [{ platform: 'x', text: `text ${one.text}` }];
              const input = { id: post.id, version, variants };
              ({ version } = await updatePost({ ...as[one.who], platforms: platform }, input));
            });
          if (one.do === 'look') seen = await open();
          if (one.do === 'decide') {
            if (one.fresh) seen = await open();
            const [approval] = seen;
            if (!approval) continue;
            const decision = one.approve ? ('approve' as const) : ('reject' as const);
            const mail = (await mails()).find(({ key }) =>
              key.startsWith(`approval-requested:${approval.id}`),
            );
            const done =
              one.link && mail
                ? (
                    await decideByLink(gate(), tokenOf(mail.body), {
                      decision,
                      fingerprint: approval.fingerprint,
                    })
                  ).kind === 'decided'
                : await tried(() =>
                    decideApproval(manager, { id: approval.id, decision, fingerprint: approval.fingerprint }),
                  );
            if (done && one.approve)
              for (const { text, dueAt } of approval.publications)
                agreed.add(shape(String(text), dueAt < world.clock.now() ? world.clock.now() : dueAt));
          }
          if (one.do === 'stop') stop ??= (await stopPosting(manager)).stop?.id ?? null;
          if (one.do === 'undo' && stop) {
            const undone = stop;
            stop = null;
            await tried(() => undoStop(manager, { id: undone }));
          }
          if (one.do === 'due') {
            if (before.dueAt > world.clock.now()) world.clock.set(before.dueAt.toISOString());
            await goOut();
          }
          // An approver's change of a scheduled post, or of one that a stop cancelled while scheduled, counts as approval.
          const after = await row(id);
          const going = (r: typeof after) => r.state === 'scheduled' || r.setAsideFrom === 'scheduled';
          if ('who' in one && one.who === 'manager' && going(before) && going(after))
            agreed.add(shape(after.text, after.dueAt));
          if (after.state === 'published') {
            expect(agreed).toContain(shape(after.text, after.dueAt));
            expect(sent()).toEqual([after.text]);
            out++;
          } else expect(sent()).toEqual([]);
        }
      }),
      {
        numRuns: 20,
        endOnFailure: true,
        examples: [
          ['manager', [{ do: 'move', who: 'operator', hours: 1 }]],
          ['manager', [{ do: 'edit', who: 'operator', text: 1 }]],
          [
            'operator',
            [
              { do: 'look' },
              { do: 'move', who: 'operator', hours: 2 },
              { do: 'decide', fresh: false, approve: true, link: true },
            ],
          ],
          ['manager', [{ do: 'stop' }, { do: 'edit', who: 'operator', text: 2 }, { do: 'undo' }]],
        ],
      },
    );
    expect(out).toBeGreaterThan(0);
  });
});
