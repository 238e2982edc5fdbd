import { and, eq, like } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { activity, alerts, publications, seriesTargets } from '@/db/schema';
import { translatorFor } from '@/i18n/words';
import type { OptionField } from '@/server/connectors/kit/options';
import { verbatim } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { OptionValues } from '@/server/foundation/option-values';
import type { Ctx } from '@/server/verbs/context';
import { readMails } from '@/tests/support/mails';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { actingAs } from '@/tests/support/world';
import { linkPage } from '../approvals/link-page';
import { listApprovals } from '../approvals/queries';
import { decideAsShown } from '../approvals/testing';
import { removePost } from '../post-edits/remove-post';
import { updatePost } from '../post-edits/update-post';
import { createPost } from '../posts/create-post';
import { checkSchedule } from '../preflight/check-schedule';
import { retryPublication } from '../publication-recovery/retry-publication';
import { cancelPublication } from '../publications/cancel-publication';
import { getPublication } from '../publications/queries';
import { addConnection, setReview, writePost } from '../publisher/testing';
import { changeSeries } from './change-series';
import { createSeries } from './create-series';
import { setEvergreen } from './evergreen';
import { fillEvergreen } from './fill-evergreen';
import { reschedulePublication } from './reschedule-publication';
import { schedulePublications } from './schedule-publications';
import { everyDay } from './testing';
import { topUpSeries } from './top-up-series';

const TITLE: OptionField = {
  id: 'title',
  kind: 'text',
  label: verbatim('Title'),
  required: true,
  maxLength: 20,
};
const VISIBILITY: OptionField = {
  id: 'visibility',
  kind: 'choice',
  label: verbatim('Visibility'),
  default: 'public',
  choices: [
    { value: 'public', label: verbatim('Everybody') },
    { value: 'private', label: verbatim('Followers only') },
  ],
};
const BOARD: OptionField = { id: 'board', kind: 'remote_choice', label: verbatim('Board') };
const RECIPES = { value: '7', label: 'Recipes' };
const LATER = '2026-03-04T09:00';

let here: Publisher;
let ctx: Ctx;
let account: string;
eachTestPublishes((publisher) => {
  here = publisher;
});
beforeEach(() => {
  here.platform.options = { x: [TITLE, VISIBILITY, BOARD] };
  ctx = { ...here.world.ctx, platforms: here.platform };
  account = here.connectionId;
});

let keys = 0;
type When = Parameters<typeof schedulePublications>[1]['when'];
async function schedule(
  options: OptionValues | undefined,
  { as = ctx, when = { kind: 'at', local: LATER } as When, on = [account], text = `Tea ${++keys}` } = {},
) {
  const post = await writePost(as, text);
  const rows = await schedulePublications(as, {
    postId: post.id,
    version: 1,
    targets: on.map((connectionId) => ({ connectionId, ...(options && { options }) })),
    when,
    requestKey: `options-${++keys}-0000`,
  });
  const [made] = rows;
  if (!made) throw new Error('nothing was scheduled');
  return { post, made, rows };
}
const storedOf = async (postId: string) =>
  (
    await here.db.asSystem((tx) =>
      tx.select().from(publications).where(eq(publications.postId, postId)).orderBy(publications.dueAt),
    )
  ).map((row) => row.options);
const edit = (postId: string, options: OptionValues, as = ctx, version = 1, connectionId = account) =>
  updatePost(as, { id: postId, version, options: [{ connectionId, options }] });
const shown = (options: readonly { label: unknown; value: unknown }[]) =>
  options.map(({ label, value }) => [label, value]);

test('options are kept with their defaults, and go out as they were scheduled', async () => {
  const { made } = await schedule({ title: 'Green tea', board: RECIPES }, { when: { kind: 'now' } });
  expect(made.options).toEqual({ title: 'Green tea', visibility: 'public', board: RECIPES });
  expect(shown(made.shownOptions)).toEqual([
    ['Title', 'Green tea'],
    ['Visibility', 'Everybody'],
    ['Board', 'Recipes'],
  ]);
  // Another default applies to later posts only.
  here.platform.options = { x: [TITLE, { ...VISIBILITY, default: 'private' }, BOARD] };
  await here.turn();
  expect(here.platform.optionsSent).toEqual([{ title: 'Green tea', visibility: 'public', board: '7' }]);
});

test('a platform without options receives none', async () => {
  here.platform.options = {};
  const { made } = await schedule(undefined, { when: { kind: 'now' } });
  await here.turn();
  expect(made).toMatchObject({ options: {}, shownOptions: [] });
  expect(here.platform.optionsSent).toEqual([undefined]);
});

test('two accounts of one platform may differ', async () => {
  const other = await addConnection(here.db, ctx);
  const post = await writePost(ctx, 'Two places');
  const rows = await schedulePublications(ctx, {
    postId: post.id,
    version: 1,
    targets: [
      { connectionId: account, options: { title: 'Here' } },
      { connectionId: other, options: { title: 'There', visibility: 'private' } },
    ],
    when: { kind: 'at', local: LATER },
    requestKey: 'two-places-0000',
  });
  const of = (id: string) => rows.find((row) => row.connectionId === id)?.options;
  expect(of(account)).toEqual({ title: 'Here', visibility: 'public' });
  expect(of(other)).toEqual({ title: 'There', visibility: 'private' });
});

test.each<[string, OptionValues, string]>([
  ['a missing title', {}, 'X needs “Title”.'],
  ['a long title', { title: 'a'.repeat(21) }, '“Title” may have 20 characters on X, and has 21.'],
  [
    'another choice',
    { title: 'Tea', visibility: 'me' },
    'X does not offer the chosen “Visibility”. Choose another.',
  ],
  [
    'a text for a board',
    { title: 'Tea', board: '7' },
    'The value of “Board” does not fit X. Choose it again.',
  ],
  ['an unknown option', { title: 'Tea', constructor: 'x' }, 'X has no option “constructor”.'],
])(
  'refuses %s before anything is stored, and the check before scheduling says the same',
  async (_, options, words) => {
    const refusal = await schedule(options).catch((error) => error);
    expect(refusal).toMatchObject({ code: 'invalid' });
    expect(refusal.fact).toSay(words);
    expect(Object.keys(refusal.fields)[0]).toMatch(new RegExp(`^options\\.${account}`));
    const rows = await here.db.asSystem((tx) =>
      tx.select().from(publications).where(eq(publications.workspaceId, ctx.workspaceId)),
    );
    expect(rows).toEqual([]);
    const { warnings } = await checkSchedule(ctx, {
      texts: [{ platform: 'x', text: 'Tea' }],
      targets: [{ connectionId: account, options }],
      when: { kind: 'at', local: LATER },
    });
    const warning = warnings.find((one) => one.code === 'options_refused');
    expect(warning).toMatchObject({ connectionId: account, refused: true });
    expect(warning?.message).toSay(words);
  },
);

test('the check does not ask about the options of a publication that only moves', async () => {
  const { warnings } = await checkSchedule(ctx, {
    texts: [{ platform: 'x', text: 'Tea' }],
    targets: [{ connectionId: account }],
    when: { kind: 'at', local: LATER },
  });
  expect(warnings).toEqual([]);
});

test.each<[string, unknown]>([
  ['a control character', { title: 'a\u0000b' }],
  ['a line break', { title: 'a\nb' }],
  ['half an emoji', { title: '\ud83e and more' }],
  ['a huge text', { title: 'a'.repeat(5000) }],
  ['a number', { title: 7 }],
  ['a list', { title: ['a'] }],
  ['a choice without a name', { title: 'Tea', board: { value: '7', label: ' ' } }],
  ['a choice with a huge value', { title: 'Tea', board: { value: '7'.repeat(501), label: 'Recipes' } }],
])('refuses %s', async (_, options) => {
  await expect(schedule(options as OptionValues)).rejects.toMatchObject({ code: 'invalid' });
});

test('keeps other scripts, and never a property of the prototype', async () => {
  const title = 'العنوان 题目 🫖';
  const options = JSON.parse(`{"title":"${title}","__proto__":{"value":"7","label":"x"}}`) as OptionValues;
  const { made } = await schedule(options);
  expect(made.options).toEqual({ title, visibility: 'public' });
  expect(Object.keys(made.options)).toEqual(['title', 'visibility']);
});

test('an edit changes the options of what waits, with a new version and both values in the activity', async () => {
  const { post, made } = await schedule({ title: 'Before', board: RECIPES });
  const saved = await edit(post.id, { title: 'After', visibility: 'private' });
  expect(saved).toMatchObject({ version: 2, changed: 1, asked: false });
  const now = await getPublication(ctx, { id: made.id });
  expect(now).toMatchObject({ text: made.text, version: made.version + 1 });
  // The new options replace all of the old ones.
  expect(now.options).toEqual({ title: 'After', visibility: 'private' });
  const [entry] = await here.db.asSystem((tx) =>
    tx
      .select()
      .from(activity)
      .where(and(eq(activity.verb, 'post.edited'), eq(activity.subjectId, post.id))),
  );
  expect(entry?.before).toMatchObject({
    options: { [made.id]: { title: 'Before', visibility: 'public', board: RECIPES } },
  });
  expect(entry?.after).toMatchObject({ options: { [made.id]: { title: 'After', visibility: 'private' } } });
});

test('a post that is removed takes its options out of the activity', async () => {
  const { post, made } = await schedule({ title: 'Secret before' });
  await edit(post.id, { title: 'Secret after' });
  const { version } = await getPublication(ctx, { id: made.id });
  await cancelPublication(ctx, { id: made.id, version });
  await removePost(ctx, { id: post.id });
  const entries = await here.db.asSystem((tx) =>
    tx.select().from(activity).where(eq(activity.workspaceId, ctx.workspaceId)),
  );
  expect(JSON.stringify(entries)).not.toContain('Secret');
});

test('an edit that changes nothing, or only the text, leaves the options and their publication', async () => {
  const { post, made } = await schedule({ title: 'Same', board: RECIPES });
  await edit(post.id, { board: RECIPES, title: 'Same' });
  expect(await getPublication(ctx, { id: made.id })).toMatchObject({ version: made.version });
  await updatePost(ctx, { id: post.id, version: 2, variants: [{ platform: 'x', text: 'Other words' }] });
  expect(await getPublication(ctx, { id: made.id })).toMatchObject({
    text: 'Other words',
    options: { title: 'Same', board: RECIPES },
  });
});

test('an edit refuses options that do not fit, an unknown account and an account named twice', async () => {
  const { post } = await schedule({ title: 'Kept' });
  const wrong = await edit(post.id, { title: '' }).catch((error) => error);
  expect(wrong).toMatchObject({
    code: 'invalid',
    fields: { [`options.${account}.title`]: 'X needs “Title”.' },
  });
  const stranger = newId('connection');
  await expect(edit(post.id, { title: 'A' }, ctx, 1, stranger)).rejects.toMatchObject({ code: 'not_found' });
  const twice = { connectionId: account, options: { title: 'A' } };
  await expect(updatePost(ctx, { id: post.id, version: 1, options: [twice, twice] })).rejects.toMatchObject({
    code: 'invalid',
  });
  expect(await storedOf(post.id)).toEqual([{ title: 'Kept', visibility: 'public' }]);
});

test('an edit by a member who cannot approve needs approval, which shows the options everywhere', async () => {
  await setReview(here.db, ctx, 'review_first');
  const { post, made } = await schedule({ title: 'Approved' });
  const operator = { ...(await actingAs(here.world, 'operator')), platforms: here.platform };
  const saved = await edit(post.id, { title: 'Rewritten', visibility: 'private' }, operator);
  expect(saved.asked).toBe(true);
  const [approval] = await listApprovals(ctx, {});
  if (!approval) throw new Error('no approval');
  const lines = [
    ['Title', 'Rewritten'],
    ['Visibility', 'Followers only'],
  ];
  expect(shown(approval.publications[0]?.options ?? [])).toEqual(lines);
  const mail = (await readMails(here.db)).find((one) => one.key.includes(approval.id));
  for (const [label, value] of lines) expect(mail?.body).toContain(`[${label}: ${value}]`);
  const page = linkPage(
    { kind: 'open', approval },
    { appUrl: 'https://app.example', preferred: 'approve', words: translatorFor('en', 'approvalLink') },
  );
  expect(page.html).toContain('[Visibility: Followers only]');
  await decideAsShown(ctx, approval.id, 'approve');
  expect(await getPublication(ctx, { id: made.id })).toMatchObject({
    state: 'scheduled',
    options: { title: 'Rewritten', visibility: 'private' },
  });
});

test('a decision about other options is void', async () => {
  await setReview(here.db, ctx, 'review_first');
  const operator = { ...(await actingAs(here.world, 'operator')), platforms: here.platform };
  const { post } = await schedule({ title: 'First' }, { as: operator });
  const [before] = await listApprovals(ctx, {});
  await edit(post.id, { title: 'Second' }, operator);
  const [after] = await listApprovals(ctx, {});
  expect(after?.fingerprint).not.toBe(before?.fingerprint);
  expect(after?.id).not.toBe(before?.id);
});

test('fields that changed after scheduling fail the post before it is sent, with the reason, and an edit repairs it', async () => {
  const { post, made } = await schedule({ title: 'Tea', visibility: 'private' }, { when: { kind: 'now' } });
  here.platform.options = {
    x: [TITLE, { ...VISIBILITY, choices: [{ value: 'public', label: verbatim('Everybody') }] }],
  };
  await here.turn();
  const failed = await getPublication(ctx, { id: made.id });
  expect(failed.state).toBe('failed');
  expect(failed.problem).toSay('X does not offer the chosen “Visibility”. Choose another.');
  expect(here.platform.posts).toEqual([]);
  const [alert] = await here.db.asSystem((tx) =>
    tx
      .select()
      .from(alerts)
      .where(and(eq(alerts.workspaceId, ctx.workspaceId), like(alerts.key, `%${made.id}%`))),
  );
  expect(alert?.body).toSay('Fix it, then try again from the post.');
  const { version } = failed;
  await expect(retryPublication(ctx, { id: made.id, version })).rejects.toMatchObject({
    code: 'invalid',
    fields: { [`options.${account}.visibility`]: expect.anything() },
  });
  await edit(post.id, { title: 'Tea', visibility: 'public' });
  const repaired = await getPublication(ctx, { id: made.id });
  await retryPublication(ctx, { id: made.id, version: repaired.version });
  await here.turn();
  expect(here.platform.optionsSent).toEqual([{ title: 'Tea', visibility: 'public' }]);
});

test('moving a post refuses options that its platform takes no more', async () => {
  const { made } = await schedule({ title: 'Tea', board: RECIPES });
  here.platform.options = { x: [TITLE] };
  const moved = { id: made.id, version: made.version, local: '2026-03-05T09:00' };
  await expect(reschedulePublication(ctx, moved)).rejects.toMatchObject({ code: 'invalid' });
  here.platform.options = { x: [TITLE, VISIBILITY, BOARD] };
  expect((await reschedulePublication(ctx, moved)).options).toEqual(made.options);
});

test('a post from before the platform had options goes out with the defaults', async () => {
  here.platform.options = {};
  await schedule(undefined, { when: { kind: 'now' } });
  here.platform.options = { x: [VISIBILITY] };
  await here.turn();
  expect(here.platform.optionsSent).toEqual([{ visibility: 'public' }]);
});

test('a look-up gets the options that were sent', async () => {
  here.platform.script.push({ after: 'unknown_outcome' });
  await schedule({ title: 'Tea', board: RECIPES }, { when: { kind: 'now' } });
  await here.turn();
  expect(here.platform.optionsLookedUp).toEqual([{ title: 'Tea', visibility: 'public', board: '7' }]);
});

test('every part of a thread has the options of its post', async () => {
  const post = await createPost(ctx, {
    title: 'Thread',
    variants: [{ platform: 'x', text: 'One', parts: [{ text: 'Two' }, { text: 'Three' }] }],
  });
  await schedulePublications(ctx, {
    postId: post.id,
    version: 1,
    targets: [{ connectionId: account, options: { title: 'Tea', visibility: 'private' } }],
    when: { kind: 'now' },
    requestKey: 'thread-options-0',
  });
  await here.turns(3);
  expect(here.platform.optionsSent).toEqual(Array(3).fill({ title: 'Tea', visibility: 'private' }));
});

async function repeat(options: OptionValues, as = ctx) {
  const post = await writePost(as, `Weekly ${++keys}`);
  const made = await createSeries(as, {
    postId: post.id,
    version: 1,
    targets: [{ connectionId: account, options }],
    unit: 'week',
    every: 1,
    weekdays: [1],
    startDay: '2026-03-02',
    time: '12:00',
    ends: { kind: 'never' },
    requestKey: `series-options-${++keys}`,
  });
  return { post, seriesId: made.id };
}
const WEEK_MS = 7 * 86_400_000;

test('each occurrence of a series has the options of its account, also those made later and after a split', async () => {
  const { post, seriesId } = await repeat({ title: 'Monday tea' });
  const options = { title: 'Monday tea', visibility: 'public' };
  expect(new Set((await storedOf(post.id)).map((one) => JSON.stringify(one)))).toEqual(
    new Set([JSON.stringify(options)]),
  );
  const split = await changeSeries(ctx, {
    id: seriesId,
    version: 1,
    scope: { kind: 'later', day: '2026-03-16' },
    time: '13:00',
  });
  const targets = await here.db.asSystem((tx) =>
    tx.select().from(seriesTargets).where(eq(seriesTargets.seriesId, split.id)),
  );
  expect(targets).toMatchObject([{ connectionId: account, options }]);
  const before = (await storedOf(post.id)).length;
  here.world.clock.advance(WEEK_MS);
  await topUpSeries({ ctx });
  const after = await storedOf(post.id);
  expect(after.length).toBeGreaterThan(before);
  expect(after.at(-1)).toEqual(options);
});

test('a series refuses options that do not fit', async () => {
  await expect(repeat({ visibility: 'private' })).rejects.toMatchObject({
    code: 'invalid',
    fields: { [`options.${account}.title`]: 'X needs “Title”.' },
  });
});

test('an edit changes the options of a series: those that wait, and the next ones', async () => {
  const { post } = await repeat({ title: 'Before' });
  await edit(post.id, { title: 'After' });
  here.world.clock.advance(WEEK_MS);
  await topUpSeries({ ctx });
  expect(new Set((await storedOf(post.id)).map((one) => one.title))).toEqual(new Set(['After']));
});

test('options that a member who cannot approve gives to a series wait with all of its next posts', async () => {
  await setReview(here.db, ctx, 'review_first');
  const { post } = await repeat({ title: 'Approved' });
  const operator = { ...(await actingAs(here.world, 'operator')), platforms: here.platform };
  await edit(post.id, { title: 'Rewritten' }, operator);
  const [approval] = await listApprovals(ctx, {});
  expect(shown(approval?.repeats[0]?.texts[0]?.options ?? [])).toEqual([
    ['Title', 'Rewritten'],
    ['Visibility', 'Everybody'],
  ]);
  here.world.clock.advance(WEEK_MS);
  await topUpSeries({ ctx });
  const states = await here.db.asSystem((tx) =>
    tx.select({ state: publications.state }).from(publications).where(eq(publications.postId, post.id)),
  );
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['awaiting_approval']));
});

test('options that a member who can approve gives to an approved series need no other decision', async () => {
  await setReview(here.db, ctx, 'review_first');
  const operator = { ...(await actingAs(here.world, 'operator')), platforms: here.platform };
  const { post } = await repeat({ title: 'Asked' }, operator);
  const [approval] = await listApprovals(ctx, {});
  await decideAsShown(ctx, approval?.id ?? '', 'approve');
  await edit(post.id, { title: 'Chosen' });
  here.world.clock.advance(WEEK_MS);
  await topUpSeries({ ctx });
  expect(await listApprovals(ctx, {})).toEqual([]);
  const rows = await here.db.asSystem((tx) =>
    tx.select().from(publications).where(eq(publications.postId, post.id)).orderBy(publications.dueAt),
  );
  expect(rows.at(-1)).toMatchObject({ state: 'scheduled', options: { title: 'Chosen' } });
});

const filled = async (postId: string) =>
  here.db.asSystem((tx) =>
    tx
      .select({ options: publications.options, state: publications.state })
      .from(publications)
      .where(and(eq(publications.postId, postId), like(publications.requestKey, 'evergreen:%'))),
  );

test('a recycled post keeps the options with which it was last scheduled, and is left out without a required one', async () => {
  here.platform.options = { facebook: [TITLE, VISIBILITY] };
  const page = await addConnection(here.db, ctx, 'facebook');
  await everyDay(here.db, ctx, page, [18 * 60]);
  const post = await createPost(ctx, {
    title: 'Old tea',
    variants: [{ platform: 'facebook', text: 'Old tea' }],
  });
  await setEvergreen(ctx, { postId: post.id, gapDays: 1, version: 0 });
  await fillEvergreen({ ctx });
  expect(await filled(post.id)).toEqual([]);
  await schedulePublications(ctx, {
    postId: post.id,
    version: 1,
    targets: [{ connectionId: page, options: { title: 'Evergreen', visibility: 'private' } }],
    when: { kind: 'now' },
    requestKey: 'evergreen-options',
  });
  here.world.clock.advance(3 * 86_400_000);
  await fillEvergreen({ ctx });
  expect(await filled(post.id)).toMatchObject([
    { options: { title: 'Evergreen', visibility: 'private' }, state: 'scheduled' },
  ]);
});
