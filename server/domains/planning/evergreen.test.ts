import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { publications, topics } from '@/db/schema';
import { verbatim } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { listApprovals } from '../approvals/queries';
import { decideAsShown } from '../approvals/testing';
import { updatePost } from '../post-edits/update-post';
import { createPost } from '../posts/create-post';
import { cancelPublication } from '../publications/cancel-publication';
import { addConnection, FakePlatform, gated, setReview, writePost } from '../publisher/testing';
import { pictureRow } from '../uploads/testing';
import { listEvergreen, removeEvergreen, setEvergreen } from './evergreen';
import { asciiText, chooseWording, isGapOver, plainText, sameTextDays } from './evergreen-rules';
import { fillEvergreen } from './fill-evergreen';
import { schedulePublications } from './schedule-publications';
import { everyDay } from './testing';

let db: Db;
let world: World;
let connectionId: string;
const platform = new FakePlatform();
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  world = await createWorld(db, { plan: 'pro', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx, 'facebook');
});
const DAY_MS = 86_400_000;
const fill = () => fillEvergreen({ ctx: { ...world.ctx, platforms: platform } });
const rows = async () =>
  (
    await db.asSystem((tx) =>
      tx.select().from(publications).where(eq(publications.workspaceId, world.workspaceId)),
    )
  ).sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
const evergreen = async (
  text: string,
  gapDays: number,
  to = 'facebook',
  wordings: string[] = [],
  ctx = world.ctx,
) => {
  const post = await writePost(ctx, text, [to]);
  await setEvergreen(ctx, {
    postId: post.id,
    gapDays,
    version: 0,
    ...(wordings.length ? { wordings: { [to]: wordings } } : {}),
  });
  world.clock.advance(1000);
  return post;
};
/** Lets the given number of days pass and fills the slots once a day. */
const live = async (days: number) => {
  for (let i = 0; i < days; i++) {
    await fill();
    world.clock.advance(DAY_MS);
  }
};

test('the chosen wording was not used within its no-repeat days, and the gap applies in both directions', () => {
  const at = new Date('2026-06-01T00:00:00Z');
  const use = fc.record({
    text: fc.constantFrom('One', 'two', ' ONE ', 'Three  words', 'three words', ''),
    files: fc.constantFrom([], ['a'], ['b'], ['a', 'b']),
    at: fc.integer({ min: -400, max: 60 }).map((days) => new Date(at.getTime() + days * DAY_MS)),
  });
  fc.assert(
    fc.property(
      fc.array(use, { maxLength: 12 }),
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom('x', 'facebook'),
      fc.constantFrom<string[]>([], ['a'], ['a', 'b']),
      (uses, gapDays, where, files) => {
        const wordings = ['One', 'Two', 'Three words', ''];
        const chosen = chooseWording(at, wordings, files, uses, where, gapDays);
        const apart = sameTextDays(where, gapDays) * DAY_MS;
        const fresh = (text: string) =>
          uses.some(
            (u) =>
              plainText(u.text) === plainText(text) &&
              JSON.stringify(u.files) === JSON.stringify(files) &&
              Math.abs(+u.at - +at) < apart,
          );
        if (chosen === null) expect(wordings.every(fresh)).toBe(true);
        else expect(fresh(chosen)).toBe(false);
        expect(isGapOver(at, uses, gapDays)).toBe(
          !uses.some((u) => Math.abs(+u.at - +at) < gapDays * DAY_MS),
        );
      },
    ),
  );
});

test('free slots of the next day are each filled once, starting with the post that rested longest', async () => {
  await everyDay(db, world.ctx, connectionId, [9 * 60, 18 * 60]);
  for (const text of ['One', 'Two', 'Three']) await evergreen(text, 2);
  await Promise.all([fill(), fill()]);
  await fill();
  expect((await rows()).map((r) => [r.text, r.localTime])).toEqual([
    ['One', '2026-03-02T18:00'],
    ['Two', '2026-03-03T09:00'],
  ]);
  world.clock.advance(DAY_MS);
  await fill();
  expect((await rows()).map((r) => r.text)).toEqual(['One', 'Two', 'Three']);
});

test('over two months, no post returns before its gap and no text is repeated within it', async () => {
  await everyDay(db, world.ctx, connectionId, [12 * 60]);
  for (const [text, gap] of [
    ['One', 3],
    ['Two', 5],
    ['one ', 9],
  ] as const)
    await evergreen(text, gap);
  await live(60);
  const all = await rows();
  expect(all.length).toBeGreaterThan(15);
  for (const [i, a] of all.entries())
    for (const b of all.slice(i + 1)) {
      const days = (b.dueAt.getTime() - a.dueAt.getTime()) / DAY_MS;
      // Daylight saving time begins once in this period.
      if (a.postId === b.postId || plainText(a.text) === plainText(b.text))
        expect(days).toBeGreaterThanOrEqual(3);
    }
});

test('on X a wording rests for half a year, so the wordings take turns and then nothing is published', async () => {
  const onX = await addConnection(db, world.ctx, 'x');
  await everyDay(db, world.ctx, onX, [12 * 60]);
  await evergreen('Original', 10, 'x', ['Second way', 'Third way']);
  await live(60);
  expect((await rows()).map((r) => r.text)).toEqual(['Original', 'Second way', 'Third way']);
});

test('a text in capitals or composed differently is the same text', async () => {
  const onX = await addConnection(db, world.ctx, 'x');
  await everyDay(db, world.ctx, onX, [12 * 60]);
  await evergreen('Été à Łódź', 10, 'x');
  await evergreen('E\u0301TE\u0301  À ŁÓDŹ', 10, 'x');
  await evergreen('日本', 10, 'x');
  await evergreen('日 本', 10, 'x');
  await live(8);
  expect((await rows()).map((r) => r.text)).toEqual(['Été à Łódź', '日本', '日 本']);
});

test('texts that are the same have the same letters for the database', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      for (const form of [text.toLowerCase(), text.normalize('NFD'), ` ${text}\n`])
        if (plainText(form) === plainText(text)) expect(asciiText(form)).toBe(asciiText(text));
    }),
  );
});

test('a slot for a topic takes only posts of that topic', async () => {
  const tech = newId('topic');
  await db.asSystem((tx) =>
    tx
      .insert(topics)
      .values({ id: tech, workspaceId: world.workspaceId, slug: 'tech', audience: 'a', tone: 't' }),
  );
  await everyDay(db, world.ctx, connectionId, [12 * 60], tech);
  await evergreen('No topic', 5);
  const post = await createPost(world.ctx, {
    title: 'Tech',
    topicId: tech,
    variants: [{ platform: 'facebook', text: 'About tech' }],
  });
  await setEvergreen(world.ctx, { postId: post.id, gapDays: 5, version: 0 });
  await fill();
  await fill();
  expect((await rows()).map((r) => r.text)).toEqual(['About tech']);
});

test('a slot keeps the post that a user put there, and a post that a user removed does not return to it', async () => {
  await everyDay(db, world.ctx, connectionId, [12 * 60, 18 * 60]);
  const own = await writePost(world.ctx, 'Mine', ['facebook']);
  await schedulePublications(
    { ...world.ctx, platforms: platform },
    {
      postId: own.id,
      version: 1,
      targets: [{ connectionId }],
      when: { kind: 'next_slot' },
      requestKey: 'mine-1234',
    },
  );
  await evergreen('One', 3);
  await fill();
  const [mine, one] = await rows();
  expect([mine?.text, one?.text]).toEqual(['Mine', 'One']);
  await cancelPublication(world.ctx, { id: one?.id ?? '', version: 1 });
  await fill();
  world.clock.advance(DAY_MS);
  await fill();
  expect((await rows()).filter((r) => r.state === 'scheduled').map((r) => r.text)).toEqual(['Mine']);
  world.clock.advance(2 * DAY_MS);
  await fill();
  expect((await rows()).filter((r) => r.text === 'One' && r.state === 'scheduled')).toHaveLength(1);
});

test('follow-ups count neither as a turn of the post nor as a repeat of its text', async () => {
  await everyDay(db, world.ctx, connectionId, [12 * 60]);
  const post = await evergreen('One', 3);
  await live(1);
  const [first] = await rows();
  if (!first) throw new Error('expected one filled slot');
  // Two days later it gets a repost, a reply and a share that is cancelled.
  const dueAt = new Date(first.dueAt.getTime() + 2 * DAY_MS);
  const { approvalId: _, ...like } = first;
  await db.asSystem((tx) =>
    tx.insert(publications).values(
      (['repost', 'reply', 'post'] as const).map((kind) => {
        const id = newId('publication');
        return {
          ...like,
          id,
          kind,
          text: kind === 'post' ? 'Have you seen it?' : first.text,
          followsId: first.id,
          dueAt: kind === 'post' ? new Date(dueAt.getTime() + 60_000) : dueAt,
          state: kind === 'post' ? ('cancelled' as const) : ('published' as const),
          marker: id,
          requestKey: `follow-up:${id}`,
        };
      }),
    ),
  );
  await live(4);
  const turns = (await rows()).filter((row) => row.followsId === null);
  expect(turns.map((row) => (row.dueAt.getTime() - first.dueAt.getTime()) / DAY_MS)).toEqual([0, 3]);
  const { items } = await listEvergreen(world.ctx, {});
  expect(items.find((item) => item.postId === post.id)?.times).toBe(0);
});

describe('with pictures', () => {
  const pictured = async (text: string, files: string[], gapDays: number, to = 'x', ctx = world.ctx) => {
    const post = await createPost(ctx, {
      title: text || 'A picture',
      variants: [{ platform: to, text, media: files.map((fileId) => ({ fileId, alt: `Of ${fileId}` })) }],
    });
    await setEvergreen(ctx, { postId: post.id, gapDays, version: 0 });
    world.clock.advance(1000);
    return post;
  };
  const picture = () => pictureRow(db, world.ctx);

  test('a post without text is identified by its pictures', async () => {
    connectionId = await addConnection(db, world.ctx, 'x');
    await everyDay(db, world.ctx, connectionId, [12 * 60]);
    const [one, two] = [await picture(), await picture()];
    await pictured('', [one], 2);
    await pictured('', [two], 2);
    await pictured('Words', [one], 2);
    await pictured(' words ', [two], 2);
    await pictured('WORDS', [two], 2);
    await live(10);
    expect((await rows()).map((r) => [plainText(r.text), r.media.map((m) => m.fileId)])).toEqual([
      ['', [one]],
      ['', [two]],
      ['words', [one]],
      ['words', [two]],
    ]);
  });

  test('pictures that are replaced while a slot is being filled are published in their new version', async () => {
    await setReview(db, world.ctx, 'review_first');
    await everyDay(db, world.ctx, connectionId, [12 * 60]);
    const [before, after] = [await picture(), await picture()];
    const operator = await actingAs(world, 'operator');
    const post = await pictured('Words', [before], 2, 'facebook', operator);
    // Runs between reading the slots and the transaction that fills one.
    let asked = 0;
    const meanwhile = gated(db, async () => {
      if (++asked !== 2) return;
      await updatePost(operator, {
        id: post.id,
        version: post.version,
        variants: [{ platform: 'facebook', text: 'Words', media: [{ fileId: after }] }],
      });
    });
    expect(await fillEvergreen({ ctx: { ...world.ctx, db: meanwhile, platforms: platform } })).toEqual({
      filled: 1,
    });
    expect(asked).toBe(2);
    expect((await rows())[0]?.media.map((m) => m.fileId)).toEqual([after]);
  });

  test('an approved post needs approval again when its pictures or their descriptions change', async () => {
    await setReview(db, world.ctx, 'review_first');
    await everyDay(db, world.ctx, connectionId, [12 * 60]);
    const [one, two] = [await picture(), await picture()];
    const operator = await actingAs(world, 'operator');
    const post = await pictured('Words', [one], 2, 'facebook', operator);
    const states = async () => {
      await fill();
      const all = (await rows()).map((r) => r.state);
      world.clock.advance(2 * DAY_MS);
      return all.at(-1);
    };
    const approve = async () => {
      const [open] = await listApprovals(world.ctx, {});
      await decideAsShown(world.ctx, open?.id ?? '', 'approve');
    };
    const change = (version: number, media: { fileId: string; alt: string }[]) =>
      updatePost(
        { ...operator, platforms: platform },
        { id: post.id, version, variants: [{ platform: 'facebook', text: 'Words', media }] },
      );
    expect(await states()).toBe('awaiting_approval');
    await approve();
    expect(await states()).toBe('scheduled');
    await change(1, [{ fileId: two, alt: 'Of it' }]);
    expect(await states()).toBe('awaiting_approval');
    await approve();
    expect(await states()).toBe('scheduled');
    await change(2, [{ fileId: two, alt: 'Of something else' }]);
    expect(await states()).toBe('awaiting_approval');
  });
});

describe('where posts need approval', () => {
  beforeEach(async () => {
    await setReview(db, world.ctx, 'review_first');
    await everyDay(db, world.ctx, connectionId, [12 * 60]);
  });
  const next = async () => {
    await fill();
    const [last] = (await rows()).slice(-1);
    world.clock.advance(DAY_MS);
    return [last?.text, last?.state];
  };
  const saved = (
    ctx: typeof world.ctx,
    post: { id: string; version: number },
    texts: Record<string, string>,
  ) =>
    updatePost(
      { ...ctx, platforms: platform },
      {
        id: post.id,
        version: post.version,
        variants: Object.entries(texts).map(([to, text]) => ({ platform: to, text })),
      },
    );

  test('an operator’s text needs approval, even after an owner edited another platform’s text', async () => {
    const operator = await actingAs(world, 'operator');
    const post = await writePost(world.ctx, 'Own words', ['facebook', 'x']);
    await setEvergreen(world.ctx, { postId: post.id, gapDays: 1, version: 0 });
    expect(await next()).toEqual(['Own words', 'scheduled']);
    const edited = await saved(operator, post, { facebook: 'Theirs', x: 'Own words' });
    await saved(world.ctx, edited, { facebook: 'Theirs', x: 'Mine again' });
    expect(await next()).toEqual(['Theirs', 'awaiting_approval']);
  });

  test('an owner’s text needs no approval, even after an operator edited another platform’s text', async () => {
    const operator = await actingAs(world, 'operator');
    const post = await writePost(world.ctx, 'Own words', ['facebook', 'x']);
    await setEvergreen(world.ctx, { postId: post.id, gapDays: 1, version: 0 });
    await saved(operator, post, { facebook: 'Own words', x: 'Theirs' });
    expect(await next()).toEqual(['Own words', 'scheduled']);
  });

  test('an operator’s wording needs approval, even after an owner changed the gap', async () => {
    const operator = await actingAs(world, 'operator');
    const post = await writePost(world.ctx, 'Own words', ['facebook']);
    await setEvergreen(world.ctx, { postId: post.id, gapDays: 2, version: 0 });
    const wordings = { facebook: ['Their wording'] };
    await setEvergreen(operator, { postId: post.id, gapDays: 2, version: 1, wordings });
    await setEvergreen(world.ctx, { postId: post.id, gapDays: 1, version: 2, wordings });
    const seen = [await next(), await next()].sort();
    expect(seen).toEqual([
      ['Own words', 'scheduled'],
      ['Their wording', 'awaiting_approval'],
    ]);
  });

  test('a paused post that an operator resumes needs approval', async () => {
    const operator = await actingAs(world, 'operator');
    const post = await writePost(world.ctx, 'Own words', ['facebook']);
    const input = { postId: post.id, gapDays: 1 };
    await setEvergreen(world.ctx, { ...input, version: 0, paused: true });
    await setEvergreen(operator, { ...input, version: 1, paused: false });
    expect(await next()).toEqual(['Own words', 'awaiting_approval']);
  });
});

test('the plan’s daily limit applies', async () => {
  world = await createWorld(db, { plan: 'free', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx, 'facebook');
  await everyDay(db, world.ctx, connectionId, [780, 840, 900, 960, 1020, 1080, 1140]);
  for (let i = 0; i < 8; i++) await evergreen(`Number ${i}`, 30);
  await fill();
  expect((await rows()).filter((r) => r.localTime.startsWith('2026-03-02'))).toHaveLength(5);
});

test('a recycled text needs approval only once', async () => {
  await setReview(db, world.ctx, 'review_first');
  await everyDay(db, world.ctx, connectionId, [12 * 60]);
  await evergreen('One', 2, 'facebook', [], await actingAs(world, 'operator'));
  await fill();
  const [open] = await listApprovals(world.ctx, {});
  expect((await rows())[0]?.state).toBe('awaiting_approval');
  await decideAsShown(world.ctx, open?.id ?? '', 'approve');
  world.clock.advance(2 * DAY_MS);
  await fill();
  expect((await rows()).map((r) => r.state)).toEqual(['scheduled', 'scheduled']);
  expect(await listApprovals(world.ctx, {})).toEqual([]);
});

test('an evergreen post can be marked, changed, paused and removed, and its wordings are validated', async () => {
  const post = await evergreen('One', 5);
  const input = { postId: post.id, gapDays: 7, wordings: { facebook: ['Another'] } };
  await setEvergreen(world.ctx, { ...input, version: 1, paused: true });
  await expect(setEvergreen(world.ctx, { ...input, version: 1 })).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(
    setEvergreen(world.ctx, { ...input, version: 2, wordings: { facebook: [' one '] } }),
  ).rejects.toMatchObject({ fields: { 'wordings.facebook.0': 'This is the same as another wording.' } });
  await expect(
    setEvergreen(world.ctx, { ...input, version: 2, wordings: { x: ['Not there'] } }),
  ).rejects.toMatchObject({ code: 'invalid' });
  await everyDay(db, world.ctx, connectionId, [12 * 60]);
  expect(await fill()).toEqual({ filled: 0 });
  const { items } = await listEvergreen(world.ctx, {});
  expect(items).toMatchObject([{ postId: post.id, gapDays: 7, paused: true, version: 2, times: 0 }]);
  expect(await removeEvergreen(world.ctx, { postId: post.id })).toMatchObject({ gapDays: 7 });
  expect(await removeEvergreen(world.ctx, { postId: post.id })).toBeNull();
  expect((await listEvergreen(world.ctx, {})).items).toEqual([]);
});

describe('the options of an account', () => {
  const field = { id: 'title', kind: 'text', label: verbatim('Title'), maxLength: 10 } as const;
  const other = { id: 'other', kind: 'text', label: verbatim('Other') } as const;
  beforeEach(async () => {
    platform.options.facebook = [field, other];
    platform.optionRules.facebook = [
      {
        field: 'title',
        when: { options: ['title'] },
        requires: [{ options: ['other'] }],
        message: verbatim('It needs another.'),
      },
    ];
    await everyDay(db, world.ctx, connectionId, [9 * 60]);
  });
  afterEach(() => {
    platform.options = {};
    platform.optionRules = {};
  });
  const choose = (ctx: Ctx, postId: string, version: number, options: Record<string, string>) =>
    setEvergreen(
      { ...ctx, platforms: platform },
      { postId, gapDays: 1, version, options: [{ connectionId, options }] },
    );

  test('are chosen where a post is recycled, and are those of its next turns', async () => {
    const post = await evergreen('Tea', 1);
    await choose(world.ctx, post.id, 1, { title: 'Green', other: 'Black' });
    await live(2);
    expect((await rows()).map(({ options }) => options)).toEqual([
      { title: 'Green', other: 'Black' },
      { title: 'Green', other: 'Black' },
    ]);
    const { items } = await listEvergreen({ ...world.ctx, platforms: platform }, {});
    expect(items[0]?.options).toEqual({ [connectionId]: { title: 'Green', other: 'Black' } });
  });

  test('that break a rule are refused beside their field, and nothing is saved', async () => {
    const post = await evergreen('Tea', 1);
    await expect(choose(world.ctx, post.id, 1, { title: 'Green' })).rejects.toMatchObject({
      code: 'invalid',
      fields: { [`options.${connectionId}.title`]: expect.toSay('another') },
    });
    expect((await listEvergreen(world.ctx, {})).items[0]).toMatchObject({ version: 1, options: {} });
  });

  test('that somebody chose who cannot approve need approval', async () => {
    await setReview(db, world.ctx, 'review_first');
    const post = await evergreen('Tea', 1);
    await choose(await actingAs(world, 'operator'), post.id, 1, { other: 'Black' });
    await fill();
    expect((await rows()).map(({ state }) => state)).toEqual(['awaiting_approval']);
  });
});
