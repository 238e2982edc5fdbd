import { eq, inArray, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { actions, activity, alerts, publicationAttempts, publications, quotaBuckets } from '@/db/schema';
import { asWorkspaceId, newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { completeAction } from '../todo/complete-action';
import { listTodo } from '../todo/queries';
import { cancelPublication } from './cancel-publication';
import { claimDue, releaseClaims } from './claim-due';
import { idleLines } from './idle-lines';
import { lookUpPublication } from './look-up-publication';
import { publishDue } from './publish-due';
import { getPublication, listPublications } from './queries';
import { recoverStuck } from './recover-stuck';
import { reschedulePublication } from './reschedule-publication';
import { resolveUnknown } from './resolve-unknown';
import { retryPublication } from './retry-publication';
import { schedulePublications } from './schedule-publications';
import type { Publication } from './schemas';
import { addConnection, FakePlatform, gated, setReview, writePost } from './testing';
import { scaleTimeLimits } from './with-time-limit';

let db: Db;
let world: World;
let platform: FakePlatform;
let connectionId: string;

beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  // The sweep looks across workspaces: what an earlier test left must not come along.
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
  world = await createWorld(db, { plan: 'agency', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  platform = new FakePlatform();
  connectionId = await addConnection(db, world.ctx);
});

let keys = 0;
async function schedule(text = `Post ${++keys}`, local?: string): Promise<Publication> {
  const post = await writePost(world.ctx, text);
  const [made] = await schedulePublications({
    ctx: world.ctx,
    platform,
    input: {
      postId: post.id,
      version: 1,
      targets: [{ connectionId }],
      when: local ? { kind: 'at', local } : { kind: 'now' },
      requestKey: `key-${++keys}-000`,
    },
  });
  if (!made) throw new Error('nothing was scheduled');
  return made;
}
/** The database of a process that ends at its `after`th use of it. */
function dyingDb(after: number): Db {
  let used = 0;
  return gated(db, () => {
    if (++used > after) throw new Error('the process ended');
  });
}

const NOTHING = { published: 0, failed: 0, until: null, unsettled: false };
const state = async (id: string) => getPublication({ ctx: world.ctx, input: { id } });
/** One turn of the background work: sweep, publish what is due, recover and look up. */
async function turn() {
  const claims = await claimDue({ db, clock: world.clock });
  const due = claims.filter((claim) => new Date(claim.dueAt) <= world.clock.now());
  for (const { workspaceId, connectionId } of due)
    await publishDue({
      ctx: { ...world.ctx, workspaceId: asWorkspaceId(workspaceId) },
      input: { connectionId },
      platform,
    }).catch(() => {});
  await releaseClaims({ db, clock: world.clock, claims: claims.filter((claim) => !due.includes(claim)) });
  const { lookUps } = await recoverStuck({ db, clock: world.clock });
  for (const claim of lookUps) await lookUpPublication({ ctx: world.ctx, input: claim, platform });
}
async function turns(n: number, stepMs = 60_000) {
  for (let i = 0; i < n; i++) {
    await turn();
    world.clock.advance(stepMs);
  }
}

test('what is due is published once, with its link, its lateness and one line of activity', async () => {
  const made = await schedule();
  expect(world.signals.sent.map((s) => s.name)).toContain('publishing/sweep.requested');
  world.clock.advance(700);
  await turn();
  const after = await state(made.id);
  expect(after).toMatchObject({ state: 'published', attempts: 1, lateByMs: 700, problem: null });
  expect(after.permalink).toContain('https://example.test/');
  expect(after.attemptRows).toMatchObject([{ number: 1, kind: 'publish', outcome: 'published' }]);
  expect(platform.posts).toHaveLength(1);
  const lines = await db.asWorkspace(world.workspaceId, (tx) =>
    tx.select().from(activity).where(eq(activity.verb, 'publication.published')),
  );
  expect(lines).toHaveLength(1);
});

test('the sweep takes what is due before the next one, once, and nothing starts before its time', async () => {
  const soon = await schedule('soon', '2026-03-02T11:01');
  await schedule('later', '2026-03-02T11:05');
  const claims = await claimDue({ db, clock: world.clock });
  expect(claims.map((c) => c.publicationId)).toEqual([soon.id]);
  expect(await claimDue({ db, clock: world.clock })).toEqual([]);
  const [claim] = claims;
  if (!claim) throw new Error('no claim');
  expect(await publishDue({ ctx: world.ctx, input: claim, platform })).toEqual(NOTHING);
  world.clock.set(claim.dueAt);
  // One event delivered twice, at the same moment.
  const both = await Promise.all([
    publishDue({ ctx: world.ctx, input: claim, platform }),
    publishDue({ ctx: world.ctx, input: claim, platform }),
  ]);
  expect(both.map((b) => b.published).sort()).toEqual([0, 1]);
  expect(platform.posts).toHaveLength(1);
});

test('a claim is void after a reschedule, a cancel and a lost lease', async () => {
  const made = [await schedule(), await schedule(), await schedule()];
  const claims = await claimDue({ db, clock: world.clock });
  expect(claims).toHaveLength(3);
  await reschedulePublication({
    ctx: world.ctx,
    input: { id: made[0]?.id ?? '', version: 1, local: '2026-03-02T18:00' },
  });
  await cancelPublication({ ctx: world.ctx, input: { id: made[1]?.id ?? '', version: 1 } });
  world.clock.advance(200_000);
  expect((await recoverStuck({ db, clock: world.clock })).released).toBe(1);
  for (const claim of claims)
    expect(await publishDue({ ctx: world.ctx, input: claim, platform })).toEqual(NOTHING);
  expect(platform.posts).toHaveLength(0);
  await turn();
  expect(platform.posts.map((p) => p.text)).toEqual([made[2]?.text]);
});

describe('faults', () => {
  test('a rate limit and temporary trouble are waited out', async () => {
    platform.script.push({ before: 'rate_limited', retryAfter: 300 }, { before: 'transient' }, 'ok');
    const made = await schedule();
    await turn();
    expect(await state(made.id)).toMatchObject({
      state: 'scheduled',
      retryAt: new Date(world.clock.now().getTime() + 300_000),
    });
    await turns(8);
    const after = await state(made.id);
    expect(after.state).toBe('published');
    expect(after.attemptRows.map((a) => a.outcome)).toEqual(['rate_limited', 'transient', 'published']);
    expect(platform.posts).toHaveLength(1);
  });

  test('trouble that does not end is a failure with an alert, and a retry resolves it', async () => {
    for (let i = 0; i < 6; i++) platform.script.push({ before: 'transient' });
    const made = await schedule();
    await turns(60);
    const failed = await state(made.id);
    expect(failed.state).toBe('failed');
    expect(failed.attemptRows).toHaveLength(6);
    const open = () =>
      db.asWorkspace(world.workspaceId, (tx) => tx.select().from(alerts).where(eq(alerts.resolved, false)));
    expect(await open()).toHaveLength(1);
    await retryPublication({ ctx: world.ctx, input: { id: made.id, version: failed.version } });
    expect(await open()).toHaveLength(0);
    await turn();
    expect((await state(made.id)).state).toBe('published');
    expect(platform.posts).toHaveLength(1);
  });

  test('a refusal fails at once; an ended connection tells to reconnect, once for all posts', async () => {
    platform.script.push({ before: 'rejected' }, { before: 'reauth' }, { before: 'reauth' });
    const made = [await schedule(), await schedule(), await schedule()];
    await turn();
    for (const m of made) expect((await state(m.id)).state).toBe('failed');
    const open = await db.asWorkspace(world.workspaceId, (tx) => tx.select().from(alerts));
    expect(open).toHaveLength(2);
    expect(open.filter((a) => a.href === '/connections')).toHaveLength(1);
    expect(made.map((m) => `/posts/${m.postId}`)).toContain(
      open.find((a) => a.href !== '/connections')?.href,
    );
  });

  test('an answer that was lost after the effect is found on the platform', async () => {
    platform.script.push({ after: 'unknown_outcome' });
    const made = await schedule();
    await turn();
    expect(await state(made.id)).toMatchObject({ state: 'published', attempts: 2 });
    expect(platform.posts).toHaveLength(1);
  });

  test('a lost request is sent again, but only when it can no longer arrive', async () => {
    platform.script.push({ before: 'unknown_outcome' });
    const made = await schedule();
    await turn();
    expect((await state(made.id)).state).toBe('publishing');
    world.clock.advance(20_000);
    await turn();
    expect(platform.posts).toHaveLength(0);
    await turns(4, 30_000);
    expect((await state(made.id)).state).toBe('published');
    expect(platform.posts).toHaveLength(1);
  });

  test('a platform that cannot say leads to a person, and is never sent to on a guess', async () => {
    platform.script.push({ after: 'unknown_outcome' });
    platform.lookupScript = Array.from({ length: 30 }, () => 'unclear' as const);
    const made = await schedule();
    await turns(30);
    const unknown = await state(made.id);
    expect(unknown.state).toBe('unknown');
    expect(platform.posts).toHaveLength(1);
    const todo = await listTodo({ ctx: world.ctx });
    expect(todo.actions).toHaveLength(1);
    expect(todo.count).toBe(1);
    await completeAction({
      ctx: world.ctx,
      input: { id: todo.actions[0]?.id ?? '', answer: 'https://example.test/mine' },
    });
    expect(await state(made.id)).toMatchObject({
      state: 'published',
      permalink: 'https://example.test/mine',
    });
    expect((await listTodo({ ctx: world.ctx })).count).toBe(0);
    expect(platform.posts).toHaveLength(1);
  });

  test('without look-up a person is asked at once, and "not there" sends it again', async () => {
    platform.looksUp = false;
    platform.script.push({ before: 'unknown_outcome' });
    const made = await schedule();
    await turn();
    const unknown = await state(made.id);
    expect(unknown.state).toBe('unknown');
    await expect(
      resolveUnknown({ ctx: world.ctx, input: { id: made.id, version: 99, answer: 'there' } }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await resolveUnknown({
      ctx: world.ctx,
      input: { id: made.id, version: unknown.version, answer: 'not_there' },
    });
    expect(
      await db.asWorkspace(world.workspaceId, (tx) =>
        tx.select().from(actions).where(eq(actions.state, 'open')),
      ),
    ).toEqual([]);
    await turn();
    expect((await state(made.id)).state).toBe('published');
    expect(platform.posts).toHaveLength(1);
  });

  test('a platform that knows a key is sent to again under it, and a person is asked only when that does not help', async () => {
    platform.looksUp = false;
    platform.keyMs = 24 * 3_600_000;
    platform.script.push({ before: 'unknown_outcome' });
    const made = await schedule();
    await turn();
    expect(await state(made.id)).toMatchObject({ state: 'scheduled', attempts: 2 });
    await turns(2, 15_000);
    expect((await state(made.id)).state).toBe('published');
    expect(platform.posts).toHaveLength(1);

    for (let i = 0; i < 8; i++) platform.script.push({ before: 'unknown_outcome' });
    const never = await schedule('Never');
    await turns(10, 200_000);
    expect(await state(never.id)).toMatchObject({ state: 'unknown' });
    expect(platform.script).toHaveLength(3);
    expect((await listTodo({ ctx: world.ctx })).actions).toHaveLength(1);
  });

  test('a key that the platform may have forgotten is not relied on', async () => {
    platform.looksUp = false;
    platform.keyMs = 3_600_000;
    platform.script.push({ before: 'unknown_outcome' });
    const made = await schedule();
    await turn();
    expect((await state(made.id)).state).toBe('unknown');
  });

  describe('on a platform that knows a key', () => {
    beforeEach(() => {
      platform.looksUp = false;
      platform.keyMs = 24 * 3_600_000;
    });
    /** Sent, the answer lost: it waits to be sent again under the same key. */
    async function inDoubt() {
      platform.script.push({ after: 'unknown_outcome' });
      const made = await schedule();
      await turn();
      expect(await state(made.id)).toMatchObject({ state: 'scheduled', attempts: 2 });
      return state(made.id);
    }
    const openActions = () =>
      db.asWorkspace(world.workspaceId, (tx) => tx.select().from(actions).where(eq(actions.state, 'open')));

    test('a rate limit, temporary trouble and a refusal after a lost answer keep the key, and nothing is out twice', async () => {
      const made = await inDoubt();
      platform.script.push(
        { before: 'rate_limited', retryAfter: 20 },
        { before: 'transient' },
        { before: 'rejected' },
      );
      await turns(12);
      expect((await state(made.id)).state).toBe('published');
      expect(platform.posts).toHaveLength(1);
      expect(new Set(platform.keys).size).toBe(1);
    });

    test.each(['reauth', 'transient'] as const)(
      '%s after a lost answer never calls it failed',
      async (kind) => {
        const made = await inDoubt();
        for (let i = 0; i < 30; i++) platform.script.push({ before: kind });
        await turns(30, 200_000);
        expect((await state(made.id)).state).toBe('unknown');
        expect(platform.posts).toHaveLength(1);
      },
    );

    test.each([
      [
        'moving',
        (id: string, version: number) =>
          reschedulePublication({ ctx: world.ctx, input: { id, version, local: '2026-03-05T12:00' } }),
      ],
      [
        'taking back',
        (id: string, version: number) => cancelPublication({ ctx: world.ctx, input: { id, version } }),
      ],
    ])('%s what may be out asks a person, and only "not there" makes a new key', async (_name, change) => {
      const made = await inDoubt();
      const asked = await change(made.id, made.version);
      expect(asked).toMatchObject({ state: 'unknown', dueAt: made.dueAt });
      expect(await openActions()).toHaveLength(1);
      await turns(5);
      expect(platform.keys).toHaveLength(1);
      const again = await resolveUnknown({
        ctx: world.ctx,
        input: { id: made.id, version: asked.version, answer: 'not_there' },
      });
      expect(again.state).toBe('scheduled');
      await turn();
      expect((await state(made.id)).state).toBe('published');
      expect(new Set(platform.keys).size).toBe(2);
    });

    test('what is not there may be left', async () => {
      const made = await inDoubt();
      const asked = await cancelPublication({
        ctx: world.ctx,
        input: { id: made.id, version: made.version },
      });
      await resolveUnknown({
        ctx: world.ctx,
        input: { id: made.id, version: asked.version, answer: 'not_there_leave' },
      });
      expect((await state(made.id)).state).toBe('cancelled');
      expect(await openActions()).toEqual([]);
      await turns(3);
      expect(platform.keys).toHaveLength(1);
    });

    test('whatever moved the row: its key stays, and past the time that the platform knows it nothing is sent', async () => {
      for (const hours of [3, 30]) {
        platform.posts.length = 0;
        const made = await inDoubt();
        // As any verb that moves a row does.
        const due = new Date(world.clock.now().getTime() + hours * 3_600_000);
        await db.asSystem((tx) =>
          tx
            .update(publications)
            .set({ version: made.version + 1, dueAt: due, retryAt: null, claimedUntil: null })
            .where(eq(publications.id, made.id)),
        );
        world.clock.set(due);
        await turns(4);
        expect((await state(made.id)).state).toBe(hours === 3 ? 'published' : 'unknown');
        expect(platform.posts).toHaveLength(1);
        await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
      }
    });
  });

  test('two equal posts whose answers were lost are two posts, not one', async () => {
    platform.script.push({ after: 'unknown_outcome' }, { before: 'unknown_outcome' });
    const made = [await schedule('the same'), await schedule('the same')];
    await turns(6);
    for (const m of made) expect((await state(m.id)).state).toBe('published');
    expect(platform.posts).toHaveLength(2);
    expect(new Set((await Promise.all(made.map((m) => state(m.id)))).map((s) => s.permalink)).size).toBe(2);
  });
});

describe('a process that is held up', () => {
  test('between its lease and its request sends nothing, and the post goes out by the next try', async () => {
    let held = false;
    platform.beforeSend = async () => {
      if (held) return;
      held = true;
      world.clock.advance(100_000);
    };
    const made = await schedule();
    await turn();
    expect(platform.posts).toHaveLength(0);
    expect((await state(made.id)).state).toBe('scheduled');
    await turns(2, 60_000);
    expect((await state(made.id)).state).toBe('published');
    expect(platform.posts).toHaveLength(1);
  });

  test('past the limit of a call sends nothing afterwards', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    platform.beforeSend = () => gate;
    scaleTimeLimits(0.0005);
    const made = await schedule();
    await turn().finally(() => scaleTimeLimits(1));
    expect((await state(made.id)).state).toBe('scheduled');
    release();
    await new Promise(setImmediate);
    expect(platform.posts).toHaveLength(0);
  });
});

describe('a process that ends', () => {
  /** A database that stops answering after so many transactions, as it looks to a process that is killed. */
  test.each([
    ['before the attempt row', 0, 'ok' as const],
    ['after the attempt row, before the call', 1, { before: 'crash' as const }],
    ['after the effect, before the result', 1, 'ok' as const],
    ['after the effect, with the answer lost', 1, { after: 'unknown_outcome' as const }],
    ['between the doubt and its look-up', 2, { after: 'unknown_outcome' as const }],
    ['between the look-up and its result', 3, { after: 'unknown_outcome' as const }],
  ])('%s: published once', async (_name, after, script) => {
    const made = await schedule();
    const [claim] = await claimDue({ db, clock: world.clock });
    if (!claim) throw new Error('no claim');
    platform.script.push(script);
    await expect(
      publishDue({ ctx: { ...world.ctx, db: dyingDb(after) }, input: claim, platform }),
    ).rejects.toThrow('the process ended');
    expect((await state(made.id)).state).not.toBe('published');
    // The runner delivers the event again: the claim is used up or still good, never sent twice.
    await publishDue({ ctx: world.ctx, input: claim, platform }).catch(() => {});
    await turns(12);
    expect((await state(made.id)).state).toBe('published');
    expect(platform.posts).toHaveLength(1);
  });

  test('a yes that comes after the lease was lost still counts', async () => {
    const made = await schedule();
    const [claim] = await claimDue({ db, clock: world.clock });
    if (!claim) throw new Error('no claim');
    platform.afterEffect = async () => {
      platform.afterEffect = undefined;
      world.clock.advance(200_000);
      await recoverStuck({ db, clock: world.clock });
    };
    await publishDue({ ctx: world.ctx, input: claim, platform });
    expect((await state(made.id)).state).toBe('published');
    await turns(4);
    expect(platform.posts).toHaveLength(1);
  });
});

test.each([
  ['cancelled', 'A cancelled post went out'],
  ['draft', 'A post that was set aside went out'],
  ['failed', 'A post that had failed went out'],
  ['unknown', null],
] as const)('a yes that comes when the row is %s: it is out, and people are told', async (become, title) => {
  const made = await schedule();
  const [claim] = await claimDue({ db, clock: world.clock });
  if (!claim) throw new Error('no claim');
  platform.afterEffect = async () => {
    platform.afterEffect = undefined;
    await db.asSystem(async (tx) => {
      await tx
        .update(publications)
        .set({ state: become, version: made.version + 1, claimToken: null, claimedUntil: null })
        .where(eq(publications.id, made.id));
      await tx.insert(actions).values({
        id: newId('action'),
        workspaceId: world.workspaceId,
        kind: become === 'draft' ? 'publication_missed' : 'publication_unknown',
        subjectType: 'publication',
        subjectId: made.id,
        title: 'Is it there?',
        prompt: 'Look.',
        input: 'choice',
      });
    });
  };
  await publishDue({ ctx: world.ctx, input: claim, platform });
  expect(await state(made.id)).toMatchObject({
    state: 'published',
    permalink: expect.stringContaining('https://'),
  });
  const { open, told } = await db.asWorkspace(world.workspaceId, async (tx) => ({
    open: await tx.select().from(actions).where(eq(actions.state, 'open')),
    told: await tx.select().from(alerts).where(eq(alerts.resolved, false)),
  }));
  expect(open).toEqual([]);
  expect(told.map((t) => t.title)).toEqual(title === null ? [] : [title]);
  await turns(4);
  expect(platform.posts).toHaveLength(1);
});

test('a publication costs two transactions when it is alone, and lines share them in a crowd', async () => {
  const counted = { transactions: 0 };
  const counting = gated(db, () => {
    counted.transactions++;
  });
  const ctx = { ...world.ctx, db: counting };
  const lines = [connectionId];
  for (let i = 1; i < 50; i++) lines.push(await addConnection(db, world.ctx));
  const post = await writePost(world.ctx, 'In a crowd');
  await schedulePublications({
    ctx: world.ctx,
    platform,
    input: {
      postId: post.id,
      version: 1,
      targets: lines.map((id) => ({ connectionId: id })),
      when: { kind: 'now' },
      requestKey: 'a-crowd-of-fifty',
    },
  });
  await claimDue({ db, clock: world.clock });
  await publishDue({ ctx, input: { connectionId }, platform });
  expect(counted.transactions).toBe(2);
  counted.transactions = 0;
  await Promise.all(lines.map((id) => publishDue({ ctx, input: { connectionId: id }, platform })));
  expect(counted.transactions).toBeLessThan(12);
  expect(platform.posts).toHaveLength(50);
  const unsettled = await db.asSystem((tx) =>
    tx.select().from(publicationAttempts).where(sql`outcome is null and kind = 'publish'`),
  );
  expect(unsettled).toEqual([]);
});

describe('a connection has one line', () => {
  async function three() {
    const posts = [await schedule('first'), await schedule('second'), await schedule('third')];
    const ids = posts.map((p) => p.id);
    // Due in this order, whatever their ids say.
    for (const [i, id] of ids.entries())
      await db.asSystem((tx) =>
        tx
          .update(publications)
          .set({ dueAt: new Date(world.clock.now().getTime() - 3_000 + i * 1_000) })
          .where(eq(publications.id, id)),
      );
    return ids;
  }

  test('it is sent in order by one run, also when several come for it', async () => {
    await three();
    await claimDue({ db, clock: world.clock });
    const runs = await Promise.all(
      [1, 2, 3].map(() => publishDue({ ctx: world.ctx, input: { connectionId }, platform })),
    );
    expect(runs.map((r) => r.published).sort()).toEqual([0, 0, 3]);
    expect(platform.posts.map((p) => p.text)).toEqual(['first', 'second', 'third']);
  });

  test('nothing overtakes what waits for another try, and another connection is not held up', async () => {
    const other = await addConnection(db, world.ctx);
    await three();
    const post = await writePost(world.ctx, 'elsewhere');
    await schedulePublications({
      ctx: world.ctx,
      platform,
      input: {
        postId: post.id,
        version: 1,
        targets: [{ connectionId: other }],
        when: { kind: 'now' },
        requestKey: 'elsewhere-0001',
      },
    });
    platform.script.push({ before: 'transient' });
    await turn();
    expect(platform.posts.map((p) => p.text)).toEqual(['elsewhere']);
    await turns(2);
    expect(platform.posts.map((p) => p.text)).toEqual(['elsewhere', 'first', 'second', 'third']);
  });

  test('a line that a dead run left is found by the sweep', async () => {
    await three();
    await claimDue({ db, clock: world.clock });
    await publishDue({
      ctx: { ...world.ctx, db: dyingDb(2) },
      input: { connectionId },
      platform,
    }).catch(() => {});
    expect(platform.posts).toHaveLength(1);
    world.clock.advance(10_000);
    expect(await idleLines({ db, clock: world.clock })).toContainEqual({
      workspaceId: world.workspaceId,
      connectionId,
      platform: 'x',
    });
    await publishDue({ ctx: world.ctx, input: { connectionId }, platform });
    expect(platform.posts.map((p) => p.text)).toEqual(['first', 'second', 'third']);
    expect(await idleLines({ db, clock: world.clock })).toEqual([]);
  });

  test('what comes due while the one before it is being written goes on at once', async () => {
    const now = world.clock.now().getTime();
    const ids = [(await schedule('first')).id, (await schedule('second')).id];
    await db.asSystem((tx) =>
      tx
        .update(publications)
        .set({ dueAt: new Date(now + 500) })
        .where(eq(publications.id, ids[1] ?? '')),
    );
    await claimDue({ db, clock: world.clock });
    let uses = 0;
    const slow = gated(db, async () => {
      if (++uses !== 2) return;
      // The first is out and not yet written; the second's own run comes and finds the line taken.
      world.clock.advance(600);
      expect(await publishDue({ ctx: world.ctx, input: { connectionId }, platform })).toEqual(NOTHING);
    });
    await publishDue({ ctx: { ...world.ctx, db: slow }, input: { connectionId }, platform });
    expect(platform.posts.map((p) => p.text)).toEqual(['first', 'second']);
  });

  test('the database itself lets one publication of a connection be sent at a time', async () => {
    const ids = await three();
    await expect(
      db.asSystem((tx) =>
        tx.update(publications).set({ state: 'publishing' }).where(inArray(publications.id, ids)),
      ),
    ).rejects.toThrow();
  });
});

describe("the platform's limits", () => {
  test('what is over the limit waits in its place until the window ends, without a try', async () => {
    for (let i = 0; i < 3; i++) await schedule(`Number ${i}`);
    await db.asSystem((tx) =>
      tx.insert(quotaBuckets).values({
        scope: connectionId,
        bucket: 'posts/900',
        remaining: 1,
        resetsAt: new Date(world.clock.now().getTime() + 900_000),
      }),
    );
    const began = world.clock.now().getTime();
    await turn();
    expect(platform.posts).toHaveLength(1);
    const waiting = await db.asSystem((tx) =>
      tx
        .select()
        .from(publications)
        .where(inArray(publications.state, ['scheduled', 'queued'])),
    );
    expect(waiting).toHaveLength(2);
    expect(waiting.map((w) => [w.attempts, w.retryAt?.getTime() ?? null])).toContainEqual([
      0,
      began + 900_000,
    ]);
    // It says why; until when is its own column.
    expect(waiting.find((w) => w.retryAt)?.problem).toBe(
      'X takes no more posts from this account for now: at most 100 posts in 15 minutes.',
    );
    // Whoever stands behind it in the line waits as long.
    const { items } = await listPublications({ ctx: world.ctx, input: {} });
    const why = 'X takes no more posts from this account for now: at most 100 posts in 15 minutes.';
    expect(items.map((p) => p.waits)).toEqual([
      null,
      { until: new Date(began + 900_000), why },
      { until: new Date(began + 900_000), why },
    ]);
    await turns(15);
    expect(platform.posts).toHaveLength(1);
    await turns(2);
    expect(platform.posts).toHaveLength(3);
    const sent = await db.asSystem((tx) =>
      tx.select().from(publications).where(eq(publications.connectionId, connectionId)),
    );
    expect(sent.map((p) => p.problem)).toEqual([null, null, null]);
    const [bucket] = await db.asSystem((tx) =>
      tx.select().from(quotaBuckets).where(eq(quotaBuckets.scope, connectionId)),
    );
    expect(bucket?.remaining).toBe(98);
  });
});
