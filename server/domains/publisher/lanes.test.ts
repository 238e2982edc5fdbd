import { eq, inArray } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { publications, quotaBuckets } from '@/db/schema';
import { eachTestPublishes, NOTHING, type Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { schedulePublications } from '../planning/schedule-publications';
import { listPublications } from '../publications/queries';
import { idleLanes } from './idle-lanes';
import { publishDue } from './publish-due';
import { addConnection, gated, writePost } from './testing';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

describe('a connection has one lane', () => {
  async function three() {
    const posts = [await here.schedule('first'), await here.schedule('second'), await here.schedule('third')];
    const ids = posts.map((p) => p.id);
    // Due in this order, whatever the order of their ids.
    for (const [i, id] of ids.entries())
      await db.asSystem((tx) =>
        tx
          .update(publications)
          .set({ dueAt: new Date(here.world.clock.now().getTime() - 3_000 + i * 1_000) })
          .where(eq(publications.id, id)),
      );
    return ids;
  }

  test('one run sends it in order, even when several start', async () => {
    await three();
    await claimDue({ db, clock: here.world.clock });
    const runs = await Promise.all(
      [1, 2, 3].map(() =>
        publishDue({
          ctx: { ...here.world.ctx, platforms: here.platform },
          input: { connectionId: here.connectionId },
        }),
      ),
    );
    expect(runs.map((r) => r.published).sort()).toEqual([0, 0, 3]);
    expect(here.platform.posts.map((p) => p.text)).toEqual(['first', 'second', 'third']);
  });

  test('nothing overtakes a post that waits for another attempt, and other connections are not held up', async () => {
    const other = await addConnection(db, here.world.ctx);
    await three();
    const post = await writePost(here.world.ctx, 'elsewhere');
    await schedulePublications(
      { ...here.world.ctx, platforms: here.platform },
      {
        postId: post.id,
        version: 1,
        targets: [{ connectionId: other }],
        when: { kind: 'now' },
        requestKey: 'elsewhere-0001',
      },
    );
    here.platform.script.push({ before: 'transient' });
    await here.turn();
    expect(here.platform.posts.map((p) => p.text)).toEqual(['elsewhere']);
    await here.turns(2);
    expect(here.platform.posts.map((p) => p.text)).toEqual(['elsewhere', 'first', 'second', 'third']);
  });

  test('the sweep finds a lane that a crashed run left behind', async () => {
    const ids = await three();
    await claimDue({ db, clock: here.world.clock });
    // The database fails twice when the first end is recorded and the second post started. Then the end is recorded alone, and the process
    // ends.
    let uses = 0;
    const failing = gated(db, () => {
      uses++;
      if (uses === 2 || uses === 3 || uses > 4) throw new Error('the database is gone');
    });
    await expect(
      publishDue({
        ctx: { ...here.world.ctx, db: failing, platforms: here.platform },
        input: { connectionId: here.connectionId },
      }),
    ).rejects.toThrow('the database is gone');
    expect(here.platform.posts).toHaveLength(1);
    expect((await here.state(ids[0] ?? '')).state).toBe('published');
    here.world.clock.advance(10_000);
    expect(await idleLanes({ db, clock: here.world.clock })).toContainEqual({
      workspaceId: here.world.workspaceId,
      connectionId: here.connectionId,
      platform: 'x',
    });
    await publishDue({
      ctx: { ...here.world.ctx, platforms: here.platform },
      input: { connectionId: here.connectionId },
    });
    expect(here.platform.posts.map((p) => p.text)).toEqual(['first', 'second', 'third']);
    expect(await idleLanes({ db, clock: here.world.clock })).toEqual([]);
  });

  test('a post that comes due while the previous one is being recorded is sent immediately', async () => {
    const now = here.world.clock.now().getTime();
    const ids = [(await here.schedule('first')).id, (await here.schedule('second')).id];
    await db.asSystem((tx) =>
      tx
        .update(publications)
        .set({ dueAt: new Date(now + 500) })
        .where(eq(publications.id, ids[1] ?? '')),
    );
    await claimDue({ db, clock: here.world.clock });
    let uses = 0;
    const slow = gated(db, async () => {
      if (++uses !== 2) return;
      // The first post is out but not recorded yet. The second's own run arrives and finds the lane taken.
      here.world.clock.advance(600);
      expect(
        await publishDue({
          ctx: { ...here.world.ctx, platforms: here.platform },
          input: { connectionId: here.connectionId },
        }),
      ).toEqual(NOTHING);
    });
    await publishDue({
      ctx: { ...here.world.ctx, db: slow, platforms: here.platform },
      input: { connectionId: here.connectionId },
    });
    expect(here.platform.posts.map((p) => p.text)).toEqual(['first', 'second']);
  });

  test('the database allows only one publication per connection to be sent at a time', async () => {
    const ids = await three();
    await expect(
      db.asSystem((tx) =>
        tx.update(publications).set({ state: 'publishing' }).where(inArray(publications.id, ids)),
      ),
    ).rejects.toThrow();
  });
});

describe("the platform's limits", () => {
  test('posts over the limit wait in their place until the window ends, without an attempt', async () => {
    for (let i = 0; i < 3; i++) await here.schedule(`Number ${i}`);
    await db.asSystem((tx) =>
      tx.insert(quotaBuckets).values({
        scope: here.connectionId,
        bucket: 'posts/900',
        remaining: 1,
        resetsAt: new Date(here.world.clock.now().getTime() + 900_000),
      }),
    );
    const began = here.world.clock.now().getTime();
    await here.turn();
    expect(here.platform.posts).toHaveLength(1);
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
    // The problem gives the reason; the time has a column of its own.
    expect(waiting.find((w) => w.retryAt)?.problem).toEqual(
      'X accepts no more posts from this account for now: at most 100 posts in 15 minutes.',
    );
    // Posts behind it in the lane wait as long.
    const { items } = await listPublications(here.world.ctx, {});
    const why = 'X accepts no more posts from this account for now: at most 100 posts in 15 minutes.';
    expect(items.map((p) => p.waits)).toEqual([
      null,
      { until: new Date(began + 900_000), why },
      { until: new Date(began + 900_000), why },
    ]);
    await here.turns(15);
    expect(here.platform.posts).toHaveLength(1);
    await here.turns(2);
    expect(here.platform.posts).toHaveLength(3);
    const sent = await db.asSystem((tx) =>
      tx.select().from(publications).where(eq(publications.connectionId, here.connectionId)),
    );
    expect(sent.map((p) => p.problem)).toEqual([null, null, null]);
    const [bucket] = await db.asSystem((tx) =>
      tx.select().from(quotaBuckets).where(eq(quotaBuckets.scope, here.connectionId)),
    );
    expect(bucket?.remaining).toBe(98);
  });

  test('of a window that began while the clock was ahead do not count', async () => {
    await here.schedule();
    const day = 86_400_000;
    await db.asSystem((tx) =>
      tx.insert(quotaBuckets).values({
        scope: here.connectionId,
        bucket: 'posts/900',
        remaining: 0,
        resetsAt: new Date(here.world.clock.now().getTime() + day),
      }),
    );
    const began = here.world.clock.now().getTime();
    await here.turn();
    expect(here.platform.posts).toHaveLength(1);
    const [bucket] = await db.asSystem((tx) =>
      tx.select().from(quotaBuckets).where(eq(quotaBuckets.scope, here.connectionId)),
    );
    expect(bucket?.remaining).toBe(99);
    expect(bucket?.resetsAt.getTime()).toBeLessThan(began + day);
  });
});
