import { and, eq, like } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { emails, postingSlots, publications, series, variants } from '@/db/schema';
import { translatorFor } from '@/i18n/words';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { readMails } from '@/tests/support/mails';
import { eachTestIsReviewed } from '@/tests/support/reviewed';
import type { World } from '@/tests/support/world';
import { decideApproval } from '../approvals/decide-approval';
import { readByLink } from '../approvals/decide-by-link';
import { linkPage } from '../approvals/link-page';
import { listApprovals } from '../approvals/queries';
import { decideAsShown } from '../approvals/testing';
import { updatePost } from '../post-edits/update-post';
import { createPost } from '../posts/create-post';
import type { Post } from '../posts/schemas';
import type { FakePlatform } from '../publisher/testing';
import { changeSeries } from './change-series';
import { createSeries } from './create-series';
import { setEvergreen } from './evergreen';
import { fillEvergreen } from './fill-evergreen';
import { topUpSeries } from './top-up-series';

const linkWords = translatorFor('en', 'approvalLink');

let db: Db;
let world: World;
let operator: Ctx;
let manager: Ctx;
let platform: FakePlatform;
let x: string;
let keys = 0;
eachTestIsReviewed((here) => {
  ({ db, world, operator, manager, platform, x } = here);
});

const good = { platform: 'x', text: 'good' };
const other = { platform: 'facebook', text: 'beside' };
const write = (ctx: Ctx): Promise<Post> => createPost(ctx, { title: 'Tea', variants: [good, other] });
/** Creates a series that starts a hundred days from now, so that it has no occurrences yet. */
async function repeat(ctx: Ctx, post: Post, startDay = '2026-06-10') {
  const created = await createSeries(
    { ...ctx, platforms: platform },
    {
      postId: post.id,
      version: post.version,
      targets: [{ connectionId: x }],
      unit: 'week',
      every: 1,
      weekdays: [3],
      startDay,
      time: '12:00',
      ends: { kind: 'never' },
      requestKey: `undecided-${++keys}`,
    },
  );
  return created.id;
}
type Text = { platform: string; text: string };
async function save(ctx: Ctx, id: string, texts: Text[], from?: string) {
  const [variant] = await db.asSystem((tx) => tx.query.posts.findMany({ where: (p) => eq(p.id, id) }));
  return updatePost(
    { ...ctx, platforms: platform },
    { id, version: variant?.version ?? 0, variants: texts, ...(from ? { from } : {}) },
  );
}
const rowsOf = (postId: string) =>
  db.asSystem((tx) =>
    tx.select().from(publications).where(eq(publications.postId, postId)).orderBy(publications.dueAt),
  );
const open = () => listApprovals(manager, {});
async function topUp() {
  world.clock.set('2026-05-01T08:00:00Z');
  await topUpSeries({ ctx: { ...world.ctx, platforms: platform } });
}
const statesOf = async (postId: string) => [
  ...new Set((await rowsOf(postId)).map((r) => `${r.text} ${r.state}`)),
];

describe('a text that was never approved', () => {
  const bad = { platform: 'x', text: 'not seen' };
  it.each<[string, (post: Post) => Promise<unknown>]>([
    [
      'removed and rewritten',
      async ({ id }) => {
        expect((await save(operator, id, [other])).asked).toBe(true);
        expect((await save(operator, id, [other, bad])).asked).toBe(true);
      },
    ],
    ['rewritten', ({ id }) => save(operator, id, [bad, other])],
    ['rewritten from a given day on', ({ id }) => save(operator, id, [bad, other], '2030-01-01')],
    [
      'saved again unchanged by a manager',
      async ({ id }) => {
        await save(operator, id, [bad, other]);
        await save(manager, id, [bad, { ...other, text: 'beside this' }]);
      },
    ],
    [
      'changed without a request for approval',
      ({ id }) =>
        db.asSystem((tx) =>
          tx
            .update(variants)
            .set({ text: 'not seen', writtenBy: actorKey(operator.actor) })
            .where(and(eq(variants.postId, id), eq(variants.platform, 'x'))),
        ),
    ],
    [
      'changed without a request for approval, then moved by a manager',
      async ({ id }) => {
        await db.asSystem((tx) =>
          tx
            .update(variants)
            .set({ text: 'not seen', writtenBy: actorKey(operator.actor) })
            .where(and(eq(variants.postId, id), eq(variants.platform, 'x'))),
        );
        const [row] = await db.asSystem((tx) => tx.select().from(series).where(eq(series.postId, id)));
        const change = { id: row?.id ?? '', version: 1, scope: { kind: 'all' as const }, time: '18:00' };
        await changeSeries({ ...manager, platforms: platform }, change);
      },
    ],
  ])('is not sent by a running series: %s', async (_, change) => {
    const post = await write(manager);
    await repeat(manager, post);
    await change(post);
    await topUp();
    expect(await statesOf(post.id)).toEqual(['not seen awaiting_approval']);
    const [asked, ...more] = await open();
    expect(more).toEqual([]);
    expect(asked?.repeats[0]?.texts).toMatchObject([{ connectionId: x, text: 'not seen' }]);
    await topUp();
    expect(await open()).toHaveLength(1);
    await decideAsShown(manager, asked?.id ?? '', 'approve');
    world.clock.set('2026-05-20T08:00:00Z');
    const before = (await rowsOf(post.id)).length;
    await topUpSeries({ ctx: { ...world.ctx, platforms: platform } });
    expect((await rowsOf(post.id)).length).toBeGreaterThan(before);
    expect(await statesOf(post.id)).toEqual(['not seen scheduled']);
    expect(await open()).toEqual([]);
  });

  it('does not replace a pending text unnoticed: an open page no longer decides, and a new approval is requested', async () => {
    const post = await write(operator);
    await repeat(operator, post);
    const [before] = await open();
    await save(operator, post.id, [other]);
    await save(operator, post.id, [other, bad]);
    const [after, ...more] = await open();
    expect(more).toEqual([]);
    expect(after?.id).not.toBe(before?.id);
    expect(after?.fingerprint).not.toBe(before?.fingerprint);
    const decide = (id = '', fingerprint = '') =>
      decideApproval(manager, { id, decision: 'approve', fingerprint });
    await expect(decide(before?.id, before?.fingerprint)).rejects.toMatchObject({ code: 'conflict' });
    await topUp();
    expect(await statesOf(post.id)).toEqual(['not seen awaiting_approval']);
  });

  it('is not sent by an evergreen post whose text was removed and written anew', async () => {
    const post = await write(manager);
    await setEvergreen(manager, { postId: post.id, gapDays: 1, version: 0 });
    await save(operator, post.id, [other]);
    await save(operator, post.id, [other, bad]);
    await db.asSystem((tx) =>
      tx.insert(postingSlots).values({
        id: `slot_${++keys}`,
        workspaceId: world.workspaceId,
        connectionId: x,
        weekday: 1,
        minute: 12 * 60,
      }),
    );
    await fillEvergreen({ ctx: { ...world.ctx, platforms: platform } });
    expect(await statesOf(post.id)).toEqual(['not seen awaiting_approval']);
  });
});

it('a text by a member who can approve is published as written, without approval', async () => {
  const post = await write(manager);
  await repeat(manager, post);
  const own = { platform: 'x', text: 'better' };
  expect((await save(manager, post.id, [other])).asked).toBe(false);
  expect((await save(manager, post.id, [other, own])).asked).toBe(false);
  await topUp();
  expect(await statesOf(post.id)).toEqual(['better scheduled']);
  expect(await open()).toEqual([]);
});

it('a series with an operator’s text needs no further approval once a manager started or approved it', async () => {
  const theirs = await write(operator);
  await repeat(manager, theirs);
  const asked = await write(operator);
  await repeat(operator, asked);
  const [decision] = await open();
  await decideAsShown(manager, decision?.id ?? '', 'approve');
  await topUp();
  expect(await statesOf(theirs.id)).toEqual(['good scheduled']);
  expect(await statesOf(asked.id)).toEqual(['good scheduled']);
  expect(await open()).toEqual([]);
});

it('an approval of a series without occurrences shows its schedule and text, in the app, on the page and in the e-mail', async () => {
  const post = await write(operator);
  const id = await repeat(operator, post);
  const [asked] = await open();
  const rule = 'Every week on Wednesday at 12:00, from 10 Jun 2026 (UTC)';
  expect(asked?.publications).toEqual([]);
  expect(asked?.repeats).toMatchObject([{ id, rule, texts: [{ connectionId: x, text: 'good' }] }]);
  const [mail] = await readMails(db, like(emails.key, `approval-requested:${asked?.id}:%`));
  expect(mail?.body).toContain(rule);
  expect(mail?.body).toContain('good');
  const token = /api\/approvals\/([\w.-]+)/.exec(mail?.body ?? '')?.[1] ?? '';
  const page = linkPage(await readByLink(world.services, token), {
    appUrl: 'https://app.test',
    preferred: 'approve',
    words: linkWords,
  });
  expect(page.html).toContain(rule);
  expect(page.html).toContain('<p dir="auto">good</p>');
  // Another time of day, another end or another weekday changes the fingerprint.
  for (const change of [{ minute: 18 * 60 }, { untilDay: '2026-12-31' }, { weekdays: [4] }]) {
    const [seen] = await open();
    await db.asSystem((tx) => tx.update(series).set(change).where(eq(series.id, id)));
    expect((await open())[0]?.fingerprint).not.toBe(seen?.fingerprint);
  }
});

it('the approval of an edit from a distant day on shows its text, on the page and in the e-mail', async () => {
  const post = await write(manager);
  await repeat(manager, post, '2026-03-04');
  await save(operator, post.id, [{ platform: 'x', text: 'not seen' }, other], '2030-01-01');
  const [asked] = await open();
  expect(asked?.publications).toEqual([]);
  expect(asked?.repeats[0]?.texts).toMatchObject([{ text: 'not seen' }]);
  const [mail] = await readMails(db, like(emails.key, `approval-requested:${asked?.id}:%`));
  expect(mail?.body).toContain('not seen');
  expect(mail?.body).toContain('Every week on Wednesday at 12:00');
});
