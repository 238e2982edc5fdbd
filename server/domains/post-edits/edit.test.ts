import { and, eq, like } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { emails, publicationAttempts, publicationMedia, publications } from '@/db/schema';
import { translatorFor } from '@/i18n/words';
import { samplePng } from '@/server/domains/files/testing';
import { addMedia } from '@/server/domains/uploads/testing';
import type { Ctx } from '@/server/verbs/context';
import { readMails } from '@/tests/support/mails';
import { eachTestIsReviewed } from '@/tests/support/reviewed';
import type { World } from '@/tests/support/world';
import { actOnDeadlines } from '../approvals/act-on-deadlines';
import { readByLink } from '../approvals/decide-by-link';
import { linkPage } from '../approvals/link-page';
import { listApprovals } from '../approvals/queries';
import { decideAsShown, pressLink } from '../approvals/testing';
import { claimDue } from '../due/claim-due';
import { createSeries } from '../planning/create-series';
import { schedulePublications } from '../planning/schedule-publications';
import { topUpSeries } from '../planning/top-up-series';
import { stopPosting } from '../posting-control/stop-posting';
import { undoStop } from '../posting-control/undo-stop';
import { createPost } from '../posts/create-post';
import { listPosts } from '../posts/queries';
import type { Post, UpdatePostInput } from '../posts/schemas';
import { retryPublication } from '../publication-recovery/retry-publication';
import { cancelPublication } from '../publications/cancel-publication';
import { publishDue } from '../publisher/publish-due';
import { addConnection, FakePlatform, setReview } from '../publisher/testing';
import { updatePost } from './update-post';

let db: Db;
let world: World;
let operator: Ctx;
let manager: Ctx & { email: string };
let platform: FakePlatform;
let x: string;
let facebook: string;
let presses = 0;
eachTestIsReviewed(
  async (here) => {
    ({ db, world, operator, manager, platform, x } = here);
    facebook = await addConnection(db, world.ctx, 'facebook');
  },
  { review: 'post_at_once', time: '10:00' },
);

type Text = NonNullable<UpdatePostInput['variants']>[number];
const said = (text: string, on = 'x', more: Partial<Text> = {}): Text => ({ platform: on, text, ...more });
const write = (variants: Text[], ctx: Ctx = world.ctx): Promise<Post> =>
  createPost(ctx, { title: 'A post', variants });
const send = (post: Post, on: string[], at: string | null = '2026-03-02T12:00', ctx: Ctx = world.ctx) =>
  schedulePublications(
    { ...ctx, platforms: platform },
    {
      postId: post.id,
      version: post.version,
      targets: on.map((connectionId) => ({ connectionId })),
      when: at === null ? { kind: 'now' } : { kind: 'at', local: at },
      requestKey: `edit-press-${++presses}`,
    },
  );
const edit = (
  post: Pick<Post, 'id' | 'version'>,
  variants: Text[],
  more: Partial<UpdatePostInput> & { ctx?: Ctx } = {},
) => {
  const { ctx = world.ctx, ...input } = more;
  return updatePost(
    { ...ctx, platforms: platform },
    { id: post.id, version: post.version, variants, ...input },
  );
};
const rows = (post: Pick<Post, 'id'>) =>
  db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(eq(publications.postId, post.id))
      .orderBy(publications.dueAt, publications.id),
  );
const one = async (post: Pick<Post, 'id'>) => {
  const [row] = await rows(post);
  if (!row) throw new Error('no publication');
  return row;
};
/** Runs the sweep and an account's publishing line at the time the scheduled posts are due. */
async function goOut(on = x): Promise<void> {
  if (world.clock.now() < new Date('2026-03-02T12:00:00Z')) world.clock.set('2026-03-02T12:00:00Z');
  await claimDue({ db, clock: world.clock });
  await publishDue({ ctx: { ...world.ctx, platforms: platform }, input: { connectionId: on } });
}
const open = () => listApprovals(world.ctx, {});
const asked = async () => {
  const mails = await readMails(db, like(emails.key, 'approval-requested:%'));
  return mails.map(({ toAddress, body }) => ({ to: toAddress, body }));
};

describe('an edit of a scheduled post', () => {
  it('changes the text, link, remaining thread parts, and pictures with their order and descriptions', async () => {
    const [first, second] = [
      await addMedia(world.ctx, samplePng(4, 4, [1, 2, 3]), 'a.png'),
      await addMedia(world.ctx, samplePng(4, 4, [4, 5, 6]), 'b.png'),
    ];
    const post = await write([
      said('old', 'x', {
        link: 'https://example.com/old',
        parts: [{ text: 'then' }],
        media: [{ fileId: first, alt: 'One' }],
      }),
    ]);
    await send(post, [x]);
    await claimDue({ db, clock: { now: () => new Date('2026-03-02T12:00:00Z') } });
    expect((await one(post)).state).toBe('queued');
    const media = [
      { fileId: second, alt: 'Two' },
      { fileId: first, alt: 'One, better' },
    ];
    const after = await edit(post, [
      said('new', 'x', {
        link: 'https://example.com/new',
        parts: [{ text: 'and' }, { text: 'then' }],
        media,
      }),
    ]);
    expect(after).toMatchObject({ changed: 1, sent: 0, asked: false });
    const row = await one(post);
    expect(row).toMatchObject({
      state: 'scheduled',
      version: 2,
      claimToken: null,
      text: 'new',
      link: 'https://example.com/new',
      parts: [{ text: 'and' }, { text: 'then' }],
    });
    expect(row.media.map(({ fileId, alt }) => ({ fileId, alt }))).toEqual(media);
    expect(row.mediaUntil).toEqual(new Date(0));
    const uploads = await db.asSystem((tx) =>
      tx
        .select({ fileId: publicationMedia.fileId, state: publicationMedia.state })
        .from(publicationMedia)
        .where(eq(publicationMedia.publicationId, row.id))
        .orderBy(publicationMedia.position),
    );
    expect(uploads).toEqual([
      { fileId: second, state: 'waiting' },
      { fileId: first, state: 'waiting' },
    ]);
    await edit(after, [said('new', 'x', { media: [] })]);
    expect(await one(post)).toMatchObject({ media: [], mediaUntil: null });
  });

  it('is what the platform receives and what the published post keeps showing after later edits', async () => {
    const post = await write([said('old')]);
    await send(post, [x]);
    const saved = await edit(post, [said('new')]);
    await goOut();
    expect(platform.posts.map((p) => p.text)).toEqual(['new']);
    const later = await edit(saved, [said('for the next time')]);
    expect(later).toMatchObject({ changed: 0, sent: 1 });
    expect(await one(post)).toMatchObject({ state: 'published', text: 'new' });
    const { items } = await listPosts(world.ctx, { search: 'new' });
    expect(items).toMatchObject([{ id: post.id, excerpt: 'new' }]);
  });

  it('leaves untouched variants alone, on other platforms or saved without a change', async () => {
    const post = await write([said('same'), said('other', 'facebook')]);
    await send(post, [x, facebook]);
    const after = await edit(post, [said('same'), said('new', 'facebook')]);
    expect(after.changed).toBe(1);
    const all = await rows(post);
    expect(all.find((r) => r.connectionId === x)).toMatchObject({ version: 1, text: 'same' });
    expect(all.find((r) => r.connectionId === facebook)).toMatchObject({ version: 2, text: 'new' });
    expect(await edit(after, [said('same'), said('new', 'facebook')])).toMatchObject({ changed: 0 });
  });

  it('tracks whether the post’s title was given by a user', async () => {
    const post = await createPost(world.ctx, {
      title: 'First words',
      titleGiven: false,
      variants: [said('First words')],
    });
    expect(post.titleGiven).toBe(false);
    const other = await edit(post, [said('Other words')]);
    expect(other).toMatchObject({ title: 'First words', titleGiven: false });
    expect(await edit(other, [said('Other words')], { title: 'Herons' })).toMatchObject({
      title: 'Herons',
      titleGiven: true,
    });
    await expect(edit(other, [said('Late words')])).rejects.toMatchObject({
      details: { title: 'Herons', titleGiven: true },
    });
  });

  it('of a post on several accounts, one of them published, changes only the unpublished ones', async () => {
    const second = await addConnection(db, world.ctx);
    const post = await write([said('old')]);
    await send(post, [x], null);
    await claimDue({ db, clock: world.clock });
    await publishDue({ ctx: { ...world.ctx, platforms: platform }, input: { connectionId: x } });
    await send(post, [second]);
    expect(await edit(post, [said('new')])).toMatchObject({ changed: 1, sent: 1 });
    expect((await rows(post)).map((r) => [r.state, r.text])).toEqual([
      ['published', 'old'],
      ['scheduled', 'new'],
    ]);
  });

  it('is refused with a message while the post is being sent, and changes neither the post nor the publication', async () => {
    const post = await write([said('old')]);
    await send(post, [x]);
    let refusal: unknown;
    platform.beforeSend = async () => {
      refusal = await edit(post, [said('new')]).catch((error: unknown) => error);
    };
    await goOut();
    expect(refusal).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('being published on @x right now'),
      details: { state: 'publishing' },
    });
    expect(platform.posts.map((p) => p.text)).toEqual(['old']);
    const { items } = await listPosts(world.ctx, { search: 'new' });
    expect(items).toEqual([]);
    expect(await one(post)).toMatchObject({ state: 'published', text: 'old' });
  });

  it('is refused as too late if the post was published in the meantime, and saved on the second attempt', async () => {
    const post = await write([said('old')]);
    const [publication] = await send(post, [x]);
    await goOut();
    const waiting = [publication?.id ?? ''];
    await expect(edit(post, [said('new')], { waiting })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^It was already published on @x at 12:00/),
    });
    expect(await edit(post, [said('new')])).toMatchObject({ changed: 0, sent: 1 });
  });

  it('is refused while the outcome is uncertain: unknown, or waiting for a retry with its idempotency key', async () => {
    const post = await write([said('old')]);
    await send(post, [x]);
    const row = await one(post);
    await db.asSystem((tx) =>
      tx.update(publications).set({ state: 'unknown' }).where(eq(publications.id, row.id)),
    );
    const refused = expect.stringContaining('may already be published on @x');
    await expect(edit(post, [said('new')])).rejects.toMatchObject({ code: 'conflict', message: refused });
    for (const state of ['scheduled', 'failed'] as const) {
      await db.asSystem(async (tx) => {
        await tx.update(publications).set({ state, attempts: 1 }).where(eq(publications.id, row.id));
        await tx
          .insert(publicationAttempts)
          .values({
            id: `att_${row.id}`,
            workspaceId: world.workspaceId,
            publicationId: row.id,
            number: 1,
            startedAt: world.clock.now(),
          })
          .onConflictDoNothing();
      });
      await expect(edit(post, [said('new')])).rejects.toMatchObject({ code: 'conflict', message: refused });
    }
    expect((await one(post)).text).toBe('old');
  });

  it('is refused if the platform does not accept the text', async () => {
    const post = await write([said('old')]);
    await send(post, [x]);
    await expect(edit(post, [said('x'.repeat(281))])).rejects.toMatchObject({
      code: 'invalid',
      fields: { 'variants.x': 'X allows 280 characters, and this has 281.' },
    });
    expect((await one(post)).text).toBe('old');
  });

  it('also applies to publications that failed, were missed, or were cancelled by a stop', async () => {
    const post = await write([said('old')]);
    const [publication] = await send(post, [x]);
    platform.script.push({ before: 'rejected' });
    await goOut();
    const failed = await one(post);
    expect(failed.state).toBe('failed');
    let now = await edit(post, [said('second')]);
    expect(await one(post)).toMatchObject({ state: 'failed', text: 'second' });
    const again = await one(post);
    await retryPublication(world.ctx, { id: again.id, version: again.version });
    const stop = await stopPosting(world.ctx);
    now = await edit(now, [said('third')]);
    expect(await one(post)).toMatchObject({ state: 'cancelled', text: 'third' });
    await undoStop(world.ctx, { id: stop.stop?.id ?? '' });
    expect(await one(post)).toMatchObject({ state: 'scheduled', text: 'third' });
    await db.asSystem((tx) =>
      tx
        .update(publications)
        .set({ state: 'draft' })
        .where(eq(publications.id, publication?.id ?? '')),
    );
    await edit(now, [said('fourth')]);
    expect(await one(post)).toMatchObject({ state: 'draft', text: 'fourth' });
  });

  it('changes the pending parts of a thread whose first part is published', async () => {
    const parts = [{ text: 'two' }, { text: 'three' }];
    const post = await write([said('one', 'x', { parts })]);
    await send(post, [x]);
    platform.script.push('ok', { before: 'rejected' });
    await goOut();
    const mended = await edit(post, [
      said('one, too late', 'x', { parts: [{ text: 'two, mended' }, { text: 'three' }, { text: 'four' }] }),
    ]);
    expect(mended).toMatchObject({ changed: 1, sent: 1 });
    const part = (await rows(post)).find((r) => r.followsId !== null);
    expect(part).toMatchObject({
      state: 'failed',
      text: 'two, mended',
      parts: [{ text: 'three' }, { text: 'four' }],
    });
    await expect(edit(mended, [said('one', 'x', { parts: [] })])).rejects.toMatchObject({ code: 'conflict' });
    await retryPublication(world.ctx, { id: part?.id ?? '', version: part?.version ?? 0 });
    await goOut();
    await goOut();
    await goOut();
    expect(platform.posts.map((p) => p.text)).toEqual(['one', 'two, mended', 'three', 'four']);
  });

  it('that loses a race against another member’s edit is refused and never published', async () => {
    const post = await write([said('old')]);
    await send(post, [x]);
    const both = await Promise.allSettled([
      edit(post, [said('mine')]),
      edit(post, [said('theirs')], { ctx: operator }),
    ]);
    expect(both.map((b) => b.status).sort()).toEqual(['fulfilled', 'rejected']);
    const saved = both.flatMap((b) => (b.status === 'fulfilled' ? [b.value.variants[0]?.text] : []));
    expect((await one(post)).text).toBe(saved[0]);
  });

  it('that races the publisher is either published as shown on the page or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }), async (pauses) => {
        const own = new FakePlatform();
        const on = await addConnection(db, world.ctx);
        const post = await write([said('old', 'x', { parts: [{ text: 'old part' }] })]);
        await send(post, [on], null);
        await claimDue({ db, clock: world.clock });
        let version = post.version;
        let refused = false;
        let last = 'old';
        const edits = async () => {
          for (const [i, pause] of pauses.entries()) {
            for (let turn = 0; turn < pause; turn++) await new Promise(setImmediate);
            const words = `new ${i}`;
            try {
              const saved = await edit(
                { id: post.id, version },
                [said(words, 'x', { parts: [{ text: `${words} part` }] })],
                { waiting: (await rows(post)).filter((r) => r.state !== 'published').map((r) => r.id) },
              );
              version = saved.version;
              if (saved.changed > 0 && saved.sent === 0) last = words;
              if (saved.sent > 0) refused = true;
            } catch {
              refused = true;
            }
          }
        };
        await Promise.all([
          edits(),
          publishDue({ ctx: { ...world.ctx, platforms: own }, input: { connectionId: on } }),
        ]);
        for (let turn = 0; turn < 3; turn++) {
          await claimDue({ db, clock: world.clock });
          await publishDue({ ctx: { ...world.ctx, platforms: own }, input: { connectionId: on } });
        }
        const shown = await rows(post);
        expect(shown.map((r) => r.state)).toEqual(['published', 'published']);
        expect(own.posts.map((p) => p.text)).toEqual(shown.map((r) => r.text));
        expect(shown[0]?.text).toBe(last);
        if (!refused && pauses.length > 0) expect(last).toBe(`new ${pauses.length - 1}`);
      }),
      { numRuns: 12 },
    );
  });
});

describe('an edit where posts need approval', () => {
  beforeEach(() => setReview(db, world.ctx, 'review_first', 'approve'));
  const tokenOf = (mail: { body: string } | undefined) =>
    /api\/approvals\/([\w.-]+)/.exec(mail?.body ?? '')?.[1] ?? '';
  const gate = () => world.services;

  it('lists every text in the approval e-mail, also one that was scheduled concurrently', async () => {
    const post = await write([said('old'), said('page, old', 'facebook')]);
    await send(post, [x]);
    // The owner schedules the Facebook variant just before.
    let once = true;
    const racing = new Proxy(db, {
      get: (target, name, self) =>
        name === 'asWorkspace'
          ? async (...asked: Parameters<Db['asWorkspace']>) => {
              if (once) {
                once = false;
                await send(post, [facebook]);
              }
              return target.asWorkspace(...asked);
            }
          : Reflect.get(target, name, self),
    });
    const texts = [said('new'), said('page, new', 'facebook')];
    expect(await edit(post, texts, { ctx: { ...operator, db: racing } })).toMatchObject({ asked: true });
    expect(once).toBe(false);
    for (const mail of await asked()) for (const { text } of texts) expect(mail.body).toContain(text);
  });

  it('by a member who cannot approve sends an approved post back for approval with the new text', async () => {
    const post = await write([said('old')]);
    await send(post, [x]);
    expect((await one(post)).state).toBe('scheduled');
    const saved = await edit(post, [said('new')], { ctx: operator });
    expect(saved).toMatchObject({ changed: 1, asked: true });
    expect(await one(post)).toMatchObject({ state: 'awaiting_approval', text: 'new' });
    const [approval] = await open();
    expect(approval?.publications.map((p) => p.text)).toEqual(['new']);
    expect((await asked()).map((m) => m.to).sort()).toEqual([world.email, manager.email].sort());
    await goOut();
    expect(platform.posts).toEqual([]);
    await decideAsShown(world.ctx, approval?.id ?? '', 'approve');
    await goOut();
    expect(platform.posts.map((p) => p.text)).toEqual(['new']);
  });

  it('by a member who can approve applies immediately without an approval', async () => {
    const post = await write([said('old')]);
    await send(post, [x]);
    expect(await edit(post, [said('new')])).toMatchObject({ changed: 1, asked: false });
    expect(await one(post)).toMatchObject({ state: 'scheduled', text: 'new' });
    expect(await asked()).toEqual([]);
  });

  it('of a pending post requests a new approval; the old link, open pages and the old deadline no longer decide', async () => {
    const post = await write([said('old'), said('beside', 'facebook')], operator);
    await send(post, [x, facebook], '2026-03-20T12:00', operator);
    const [before] = await open();
    const mails = await asked();
    world.clock.advance(3_600_000);
    const token = tokenOf(mails.find((m) => m.to === manager.email));
    const saved = await edit(post, [said('new'), said('beside', 'facebook')], { ctx: operator });
    expect(saved).toMatchObject({ changed: 1, asked: true });

    const shown = await readByLink(gate(), token);
    expect(shown).toMatchObject({ kind: 'over', approval: { state: 'withdrawn' } });
    const page = linkPage(shown, {
      appUrl: 'https://app.test',
      preferred: 'approve',
      words: translatorFor('en', 'approvalLink'),
    });
    expect(page).toMatchObject({
      status: 409,
      html: expect.stringContaining('edited after this e-mail was sent'),
    });
    expect((await pressLink(gate(), token, 'approve')).kind).toBe('over');
    await expect(decideAsShown(world.ctx, before?.id ?? '', 'approve')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('moved or edited. Review'),
    });
    world.clock.set(before?.deadlineAt ?? '');
    await actOnDeadlines({ db, now: world.clock.now(), ctxOf: async () => world.ctx });
    expect((await rows(post)).map((r) => r.state)).toEqual(['awaiting_approval', 'awaiting_approval']);

    const [now] = await open();
    expect(now?.id).not.toBe(before?.id);
    expect(now?.publications.map((p) => p.text).sort()).toEqual(['beside', 'new']);
    const fresh = (await asked()).filter((m) => m.to === manager.email).at(-1);
    expect(fresh?.body).toContain('new');
    expect((await pressLink(gate(), tokenOf(fresh), 'approve')).kind).toBe('decided');
    expect((await rows(post)).map((r) => r.state)).toEqual(['scheduled', 'scheduled']);
  });

  it('by an approver keeps another member’s post pending with the new text, and does not e-mail the editor', async () => {
    const post = await write([said('old')], operator);
    await send(post, [x], '2026-03-20T12:00', operator);
    await db.asSystem((tx) => tx.delete(emails));
    await edit(post, [said('new')], { ctx: manager });
    expect(await one(post)).toMatchObject({ state: 'awaiting_approval', text: 'new' });
    expect((await asked()).map((m) => m.to)).toEqual([world.email]);
  });

  it('of a repeated post updates all pending occurrences, and later occurrences join the same approval', async () => {
    const post = await write([said('old')]);
    const { id } = await createSeries(
      { ...world.ctx, platforms: platform },
      {
        postId: post.id,
        version: 1,
        targets: [{ connectionId: x }],
        unit: 'week',
        every: 1,
        weekdays: [1],
        startDay: '2026-03-09',
        time: '12:00',
        ends: { kind: 'never' },
        requestKey: 'weekly-edit',
      },
    );
    expect(id).toBeTruthy();
    const saved = await edit(post, [said('later')], { from: '2026-03-23' });
    expect((await rows(post)).map((r) => r.text)).toEqual([
      'old',
      'old',
      ...Array(saved.changed).fill('later'),
    ]);
    await edit(saved, [said('new')], { ctx: operator });
    world.clock.advance(7 * 86_400_000);
    await topUpSeries({ ctx: { ...world.ctx, platforms: platform } });
    const all = await rows(post);
    expect(new Set(all.map((r) => `${r.state}: ${r.text}`))).toEqual(new Set(['awaiting_approval: new']));
    const [approval] = await open();
    expect(approval?.publications).toHaveLength(all.length);
    await decideAsShown(manager, approval?.id ?? '', 'approve');
    expect(new Set((await rows(post)).map((r) => r.state))).toEqual(new Set(['scheduled']));
  });

  it('of a failed, missed or stopped publication brings it back only after approval', async () => {
    const post = await write([said('old')]);
    const scheduled = await send(post, [x]);
    await db.asSystem((tx) =>
      tx.update(publications).set({ state: 'failed' }).where(eq(publications.postId, post.id)),
    );
    let now = await edit(post, [said('second')], { ctx: operator });
    expect(await one(post)).toMatchObject({ state: 'awaiting_approval', text: 'second', problem: null });
    await cancelPublication(world.ctx, { id: scheduled[0]?.id ?? '', version: 2 });
    const [again] = await send(now, [x], '2026-03-02T13:00');
    const stop = await stopPosting(world.ctx);
    now = await edit(now, [said('third')], { ctx: operator });
    expect(await open()).toEqual([]);
    await undoStop(world.ctx, { id: stop.stop?.id ?? '' });
    const back = (await rows(post)).find((r) => r.id === again?.id);
    expect(back).toMatchObject({ state: 'awaiting_approval', text: 'third' });
    const [approval] = await open();
    expect(approval?.publications.map((p) => p.text)).toEqual(['third']);
    await decideAsShown(manager, approval?.id ?? '', 'approve');
    const after = await db.asSystem((tx) =>
      tx
        .select()
        .from(publications)
        .where(and(eq(publications.id, again?.id ?? ''))),
    );
    expect(after).toMatchObject([{ state: 'scheduled', text: 'third' }]);
  });
});
