import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { connections, files, grants, publications, quotaBuckets } from '@/db/schema';
import { english } from '@/i18n/words';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { schedulePublications } from '../planning/schedule-publications';
import type { Post } from '../posts/schemas';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { pictureRow } from '../uploads/testing';
import { checkSchedule } from './check-schedule';
import type { CheckScheduleInput, ScheduleWarning } from './check-schedule-schemas';

const SAID = 'Our autumn planner is out: fifty pages, printable and undated.';
let db: Db;
let world: World;
let connectionId: string;
let post: Post;
const platform = new FakePlatform();
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  // 11:00 in Berlin.
  world = await createWorld(db, { plan: 'agency', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
  post = await writePost(world.ctx, 'An older post about something else entirely');
});

const shownAs = (fileId: string) => ({
  fileId,
  alt: '',
  kind: 'picture' as const,
  mime: 'image/png',
  bytes: 100,
  width: 4,
  height: 3,
  durationMs: null,
});

/** Inserts rows as the publisher would have left them, at local times or instants. */
async function put(
  rows: {
    local?: string;
    at?: Date;
    state?: 'scheduled' | 'published' | 'cancelled' | 'failed' | 'awaiting_approval';
    text?: string;
    count?: number;
    line?: string;
    files?: string[];
  }[],
): Promise<string[]> {
  const values = rows.flatMap(
    ({ local, at, state = 'scheduled', text = 'Something', count = 1, line = connectionId, files = [] }) =>
      Array.from({ length: count }, () => {
        const id = newId('publication');
        const dueAt = at ?? new Date(`${local}:00+01:00`);
        return {
          id,
          workspaceId: world.workspaceId,
          postId: post.id,
          variantId: post.variants[0]?.id ?? '',
          connectionId: line,
          text,
          media: files.map(shownAs),
          dueAt,
          localTime: local ?? '2026-03-02T11:00',
          timeZone: 'Europe/Berlin',
          state,
          publishedAt: state === 'published' ? dueAt : null,
          marker: id,
          requestKey: id,
          createdBy: 'system:test',
        };
      }),
  );
  await db.asSystem((tx) => tx.insert(publications).values(values));
  return values.map((v) => v.id);
}
async function check(
  local: string | null,
  change: Partial<CheckScheduleInput> = {},
): Promise<ScheduleWarning[]> {
  const { warnings } = await checkSchedule(
    { ...world.ctx, platforms: platform },
    {
      texts: [{ platform: 'x', text: SAID }],
      targets: [{ connectionId }],
      when: local === null ? { kind: 'now' } : { kind: 'at', local },
      ...change,
    },
  );
  return warnings;
}
const codes = (warnings: ScheduleWarning[]) => warnings.map((w) => w.code);

test('a post without problems has no warnings', async () => {
  await put([{ local: '2026-03-03T09:00' }, { local: '2026-03-03T14:00' }]);
  expect(await check('2026-03-03T11:30')).toEqual([]);
  expect(await check(null)).toEqual([]);
});

describe('the same text', () => {
  const again = 'OUR autumn planner is out — fifty pages, printable and undated! #planner';

  test('is reported on the same account within 30 days, sent or planned, exact or similar', async () => {
    await put([{ local: '2026-02-20T09:00', state: 'published', text: again }]);
    const [warning, ...more] = await check('2026-03-03T11:30');
    expect(more).toEqual([]);
    expect(warning).toMatchObject({
      code: 'repeated_text',
      connectionId,
      refused: false,
      fix: { label: 'See the other post', href: `/posts/${post.id}` },
    });
    expect(warning?.message).toSay(
      /^The same text went to @x on Fri,? 20 Feb 2026, 09:00 \(“An older post about something else entir”\)\.$/,
    );
    const almost = await check('2026-03-03T11:30', {
      texts: [{ platform: 'x', text: SAID.replace('fifty', 'sixty') }],
    });
    expect(almost[0]?.message).toSay('Almost the same text went to @x');
  });

  test('is not reported after 30 days, on another account, if cancelled or failed, or for the post being moved', async () => {
    const other = await addConnection(db, world.ctx);
    await put([
      { local: '2026-01-30T09:00', state: 'published', text: SAID },
      { local: '2026-03-03T09:00', state: 'cancelled', text: SAID },
      { local: '2026-03-03T09:00', state: 'failed', text: SAID },
      { local: '2026-03-04T09:00', text: SAID, line: other },
    ]);
    expect(await check('2026-03-03T11:30')).toEqual([]);
    const [moving = ''] = await put([{ local: '2026-03-10T09:00', text: SAID }]);
    expect(codes(await check('2026-03-03T11:30'))).toEqual(['repeated_text']);
    expect(await check('2026-03-03T11:30', { moving: [moving] })).toEqual([]);
  });

  test('is read from the stored post if none is given', async () => {
    const stored = await writePost(world.ctx, SAID);
    await put([{ local: '2026-03-10T09:00', state: 'awaiting_approval', text: SAID }]);
    expect(codes(await check('2026-03-03T11:30', { texts: [], postId: stored.id }))).toEqual([
      'repeated_text',
    ]);
  });
});

describe('pictures', () => {
  let one: string;
  let two: string;
  beforeEach(async () => {
    one = await pictureRow(db, world.ctx);
    two = await pictureRow(db, world.ctx);
  });
  const checked = async (text: string, files: string[]) =>
    (
      await check('2026-03-03T11:30', {
        texts: [{ platform: 'x', text, media: files.map((fileId) => ({ fileId })) }],
      })
    ).map((w) => english(w.message).replace(/ went to @x on .*/, ''));
  const put1 = (text: string, files: string[]) =>
    put([{ local: '2026-02-20T09:00', state: 'published', text, files }]);

  test('a post without text is a repeat if its first picture is', async () => {
    await put1('', [one]);
    expect(await checked('', [one, two])).toEqual(['The same picture']);
    expect(await checked(SAID, [one])).toEqual(['The same picture']);
    expect(await checked('', [two, one])).toEqual([]);
    expect(await checked('', [])).toEqual([]);
  });

  test('the same text is reported with the difference in pictures; a merely similar text with other pictures is a new post', async () => {
    await put1(SAID, [one]);
    const alike = SAID.replace('fifty', 'sixty');
    expect(await checked(SAID, [one])).toEqual(['The same text and picture']);
    expect(await checked(alike, [one])).toEqual(['The same picture with almost the same text']);
    expect(await checked(SAID, [two])).toEqual(['The same text with other pictures']);
    expect(await checked(alike, [two])).toEqual([]);
    expect(await checked(SAID, [])).toEqual(['The same text with pictures']);
    expect(await checked(alike, [])).toEqual([]);
  });

  test('a text that was published alone is a repeat next to a picture', async () => {
    await put1(SAID, []);
    expect(await checked(SAID, [one])).toEqual(['The same text without pictures']);
  });

  test('a picture that loses much detail is reported, and can be scheduled', async () => {
    await db.asSystem((tx) => tx.update(files).set({ bytes: 20_000_000 }).where(eq(files.id, two)));
    const warnings = await check('2026-03-03T11:30', {
      texts: [{ platform: 'x', text: SAID, media: [one, two].map((fileId) => ({ fileId })) }],
    });
    expect(warnings.map((w) => [w.code, w.refused])).toEqual([['media_reduced', false]]);
    expect(warnings[0]?.message).toSay(/^Picture 2: X accepts only much smaller pictures/);
  });

  test('media that the platform does not accept are reported by position, each once', async () => {
    await db.asSystem((tx) => tx.update(files).set({ kind: 'video', durationMs: 200_000 }));
    const messages = (
      await check('2026-03-03T11:30', {
        texts: [{ platform: 'x', text: SAID, media: [one, two].map((fileId) => ({ fileId })) }],
      })
    ).map((w) => [w.code, english(w.message)]);
    expect(messages).toEqual([
      ['media_refused', expect.stringMatching(/This post has 2 videos/)],
      ['media_refused', expect.stringMatching(/^Video 1: X accepts videos of up to /)],
      ['media_refused', expect.stringMatching(/^Video 2: X accepts videos of up to /)],
    ]);
    const [alone] = await check('2026-03-03T11:30', {
      texts: [{ platform: 'x', text: SAID, media: [{ fileId: one }] }],
    });
    expect(alone).toMatchObject({ code: 'media_refused', refused: true, platform: 'x' });
    expect(alone?.message).toSay(/^X accepts videos/);
  });
});

test('another post of the account within the hour is reported, with a free hour', async () => {
  await put([
    { local: '2026-03-03T11:10' },
    { local: '2026-03-03T12:20', state: 'awaiting_approval' },
    { local: '2026-03-03T10:29', state: 'published' },
  ]);
  const [warning] = await check('2026-03-03T11:30');
  expect(warning).toMatchObject({ code: 'crowded_hour', better: { local: '2026-03-03T13:20' } });
  expect(warning?.message).toSay('within an hour. The nearest is “An older post');
  const [one] = await check('2026-03-03T10:05');
  expect(one?.message).toSay('went to @x at 10:29, 24 minutes after this one.');
  const [same] = await check('2026-03-03T12:20');
  expect(same?.message).toSay('goes to @x at the same time.');
});

describe("the platform's limits", () => {
  test('an overfull queue is reported with the first time that fits', async () => {
    await put([{ local: '2026-03-03T14:15', count: 100 }]);
    const warnings = await check('2026-03-03T14:20');
    expect(codes(warnings)).toEqual(['platform_limit', 'crowded_hour']);
    expect(warnings[0]?.message).toEqual(
      'X allows 100 posts in 15 minutes from one account. This post fits from 14:30.',
    );
    expect(warnings[0]?.better).toEqual({ at: new Date('2026-03-03T13:30:00Z'), local: '2026-03-03T14:30' });
    expect(codes(await check('2026-03-03T14:30'))).toEqual(['crowded_hour']);
  });

  test('apply to a sliding window: later posts and recently sent ones count', async () => {
    await put([
      { at: world.clock.now(), state: 'published', count: 60 },
      { at: new Date(world.clock.now().getTime() + 10 * 60_000), count: 40 },
    ]);
    const [warning] = await check('2026-03-02T11:05');
    expect(warning).toMatchObject({ code: 'platform_limit', better: { local: '2026-03-02T11:15' } });
  });

  test('include the quota in the database, also for a post sent now', async () => {
    await db.asSystem((tx) =>
      tx.insert(quotaBuckets).values({
        scope: connectionId,
        bucket: 'posts/900',
        remaining: 0,
        resetsAt: new Date(world.clock.now().getTime() + 9.5 * 60_000),
      }),
    );
    const [warning] = await check(null);
    expect(warning).toMatchObject({ code: 'platform_limit', better: { local: '2026-03-02T11:10' } });
    expect(await check('2026-03-02T11:10')).toEqual([]);
  });

  test('of a whole installation include other workspaces', async () => {
    // The workspaces of the other tests belong to this installation, too.
    await db.asSystem((tx) => tx.delete(publications));
    await db.asSystem((tx) =>
      tx.insert(quotaBuckets).values({
        scope: 'installation:x:sandbox',
        bucket: 'posts/86400',
        remaining: 2,
        resetsAt: new Date(world.clock.now().getTime() + 3_600_000),
      }),
    );
    try {
      expect(await check(null)).toEqual([]);
      const other = await createWorld(db, { plan: 'agency', clock: world.clock });
      await setReview(db, other.ctx, 'post_at_once');
      const line = await addConnection(db, other.ctx);
      for (let i = 0; i < 2; i++) {
        const theirs = await writePost(other.ctx, `Theirs ${i}`);
        await schedulePublications(
          { ...other.ctx, platforms: platform },
          {
            postId: theirs.id,
            version: 1,
            targets: [{ connectionId: line }],
            when: { kind: 'at', local: `2026-03-02T11:0${i + 1}` },
            requestKey: newId('event'),
          },
        );
      }
      const [warning] = await check('2026-03-02T11:30');
      expect(warning?.message).toSay(
        '10,000 posts in a day from all accounts of this installation together.',
      );
      // The end of the open window. The other workspace's posts take only two places of the next one.
      expect(warning?.better?.local).toBe('2026-03-02T12:00');
    } finally {
      await db.asSystem((tx) =>
        tx.delete(quotaBuckets).where(eq(quotaBuckets.scope, 'installation:x:sandbox')),
      );
    }
  });

  test('scheduling returns the same warning, also for a double click, and schedules anyway', async () => {
    await put([{ local: '2026-03-03T14:15', count: 100 }]);
    const fresh = await writePost(world.ctx, SAID);
    const make = () =>
      schedulePublications(
        { ...world.ctx, platforms: platform },
        {
          postId: fresh.id,
          version: 1,
          targets: [{ connectionId }],
          when: { kind: 'at', local: '2026-03-03T14:20' },
          requestKey: 'the-same-key',
        },
      );
    const [publication] = await make();
    expect(publication).toMatchObject({ state: 'scheduled', localTime: '2026-03-03T14:20' });
    expect(publication?.warnings.map((w) => [w.code, w.better?.local])).toEqual([
      ['platform_limit', '2026-03-03T14:30'],
    ]);
    expect(await make()).toEqual([publication]);
  });
});

test('the daily limit of the plan is reported before scheduling is refused, with the next day that has capacity', async () => {
  world = await createWorld(db, { plan: 'free', timeZone: 'Europe/Berlin' });
  connectionId = await addConnection(db, world.ctx);
  post = await writePost(world.ctx, 'An older post');
  await put([
    { local: '2026-03-03T00:10', count: 5 },
    { local: '2026-03-04T00:10', count: 5 },
  ]);
  const [warning] = await check('2026-03-03T14:20');
  expect(warning).toMatchObject({
    code: 'plan_limit',
    connectionId: null,
    refused: true,
    better: { local: '2026-03-05T14:20' },
    fix: { href: '/settings/billing' },
  });
  expect(warning?.message).toSay(/^3 Mar 2026 is full\. The Free plan includes 5 posts a day/);
});

describe('a connection', () => {
  const set = (values: Partial<typeof connections.$inferInsert>) =>
    db.asSystem((tx) => tx.update(connections).set(values).where(eq(connections.id, connectionId)));
  /** Gives the connection a sign-in that ends at some time. */
  const grant = async (ends: Pick<typeof grants.$inferInsert, 'accessExpiresAt' | 'refreshExpiresAt'>) => {
    const id = newId('grant');
    await db.asSystem((tx) =>
      tx
        .insert(grants)
        .values({ id, workspaceId: world.workspaceId, platform: 'x', environment: 'sandbox', ...ends }),
    );
    await set({ grantId: id });
  };

  test('that needs reconnecting, or expires before the post is due, is reported with a link to reconnect', async () => {
    await set({ status: 'needs_reconnect' });
    expect(await check('2026-03-03T14:20')).toMatchObject([
      { code: 'connection_expired', refused: true, fix: { label: 'Reconnect', href: '/connections' } },
    ]);
    await set({ status: 'active' });
    await grant({ refreshExpiresAt: new Date('2026-03-10T12:00:00Z') });
    expect(await check('2026-03-10T12:59')).toEqual([]);
    const [ends] = await check('2026-03-10T13:00');
    expect(ends).toMatchObject({ code: 'connection_expires', refused: false });
    expect(ends?.message).toSay('ends on 10 Mar 2026, before this is published');
  });

  test('that renews itself is not reported as expiring, and one that cannot renew is', async () => {
    await grant({ accessExpiresAt: new Date('2026-03-02T12:00:00Z') });
    expect(await check('2026-03-10T13:00')).toEqual([]);
    connectionId = await addConnection(db, world.ctx, 'facebook');
    await grant({ accessExpiresAt: new Date('2026-03-09T12:00:00Z') });
    expect(codes(await check('2026-03-10T13:00'))).toEqual(['connection_expires']);
  });
});

test('times that would be refused are reported, with the next valid one', async () => {
  expect(await check('2026-03-01T09:00')).toMatchObject([
    { code: 'time_refused', refused: true, better: null },
  ]);
  expect(await check('2026-03-29T02:30')).toMatchObject([
    { code: 'time_refused', better: { local: '2026-03-29T03:00', at: new Date('2026-03-29T01:00:00Z') } },
  ]);
});

test('each account can have its own time', async () => {
  await put([{ local: '2026-03-04T09:00' }]);
  const other = await addConnection(db, world.ctx);
  const warnings = await check('2026-03-03T14:20', {
    targets: [{ connectionId, local: '2026-03-04T09:05' }, { connectionId: other }],
  });
  expect(warnings.map((w) => [w.code, w.connectionId])).toEqual([['crowded_hour', connectionId]]);
});

test('accounts and posts of another workspace are not found, and a viewer is refused', async () => {
  const stranger = await createWorld(db);
  const foreign = await addConnection(db, stranger.ctx);
  await expect(check(null, { targets: [{ connectionId: foreign }] })).rejects.toMatchObject({
    code: 'not_found',
  });
  const theirs = await writePost(stranger.ctx, SAID);
  await expect(check(null, { postId: theirs.id })).rejects.toMatchObject({ code: 'not_found' });
  await expect(
    checkSchedule(
      { ...(await actingAs(world, 'viewer')), platforms: platform },
      { targets: [{ connectionId }], when: { kind: 'now' } },
    ),
  ).rejects.toMatchObject({ code: 'forbidden' });
});
