import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { actions, activity, alerts, publications } from '@/db/schema';
import { rowsOf } from '@/db/statements';
import { newId } from '@/server/foundation/ids';
import { freshDb, testDriver } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { schedulePost } from '@/tests/support/publisher';
import { createWorld, type World } from '@/tests/support/world';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { claimDue } from '../due/claim-due';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { createLiveHub, type LiveHub } from './hub';
import { openSession, recordListing, TestListener } from './testing';

let db: Db;
let ours: World;
let other: World;
let sid: string;
let hub: LiveHub;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  ours = await createWorld(db);
  other = await createWorld(db, { clock: ours.clock });
  sid = await openSession(db, ours);
  // Polls are triggered manually here.
  hub = createLiveHub({ db, clock: ours.clock, everyMs: 1_000_000 });
});

async function schedule(world: World) {
  await setReview(db, world.ctx, 'post_at_once');
  const [post, on] = [await writePost(world.ctx), await addConnection(db, world.ctx)];
  return schedulePost({ ctx: world.ctx, platform: new FakePlatform() }, { post, on });
}
const touch = (id: string, at: Date) =>
  db.asSystem((tx) => tx.update(publications).set({ updatedAt: at }).where(eq(publications.id, id)));
async function listening(since?: string | null) {
  const listener = new TestListener(hub, ours, sid, since ?? null);
  await hub.tick();
  return listener;
}

describe('change events', () => {
  it('report changes in the own workspace, by topic and id, without any content', async () => {
    const listener = await listening();
    const theirSession = await openSession(db, other);
    const theirs = new TestListener(hub, other, theirSession);
    await hub.tick();
    expect(listener.take()).toEqual({ topics: {}, types: ['ready'] });
    expect(theirs.take()).toEqual({ topics: {}, types: ['ready'] });

    const publication = await schedule(ours);
    await hub.tick();
    const heard = JSON.stringify(listener.heard);
    expect(heard).not.toContain(publication.text);
    expect(heard).not.toContain(other.workspaceId);
    const { topics } = listener.take();
    expect(topics).toMatchObject({ publication: [publication.id], activity: null });
    expect(topics.post).toEqual([publication.postId]);
    expect(theirs.take().types).toEqual([]);

    await claimDue({ db, clock: ours.clock });
    await hub.tick();
    expect(listener.take().topics).toEqual({ publication: [publication.id], post: [publication.postId] });
    expect(theirs.take().types).toEqual([]);
    await hub.tick();
    expect(listener.take().types).toEqual([]);
  });

  it('include actions and alerts, when they open and when they end', async () => {
    const listener = await listening();
    listener.take();
    const now = ours.clock.now();
    await db.asSystem((tx) =>
      tx.insert(actions).values({
        id: newId('action'),
        workspaceId: ours.workspaceId,
        kind: 'check',
        subjectType: 'post',
        subjectId: 'pst_1',
        title: plain('Look'),
        prompt: plain('Look'),
        createdAt: now,
      }),
    );
    await db.asWorkspace(ours.workspaceId, (tx) =>
      raiseAlert(tx, ours.ctx, { key: 'k', severity: 'info', title: plain('T'), body: plain('B') }),
    );
    await hub.tick();
    expect(Object.keys(listener.take().topics).sort()).toEqual(['action', 'alert']);
    ours.clock.advance(3_600_000);
    await hub.tick();
    listener.take();
    await db.asWorkspace(ours.workspaceId, (tx) => resolveAlert(tx, ours.ctx, 'k'));
    const [alert] = await db.asSystem((tx) =>
      tx.select().from(alerts).where(eq(alerts.workspaceId, ours.workspaceId)),
    );
    await hub.tick();
    expect(listener.take().topics).toEqual({ alert: [alert?.id] });
  });

  it('name at most fifty ids of a kind, and say if there are more', async () => {
    const listener = await listening();
    const now = ours.clock.now();
    await db.asSystem((tx) =>
      tx.insert(activity).values(
        Array.from({ length: 60 }, (_, i) => ({
          id: newId('activity'),
          workspaceId: ours.workspaceId,
          at: now,
          actor: 'system:test',
          verb: 'listing.active',
          subjectType: 'listing',
          subjectId: `lst_${i}`,
          summary: plain('x'),
        })),
      ),
    );
    await hub.tick();
    expect(listener.take().topics).toEqual({ listing: null, activity: null });
  });
});

describe('no change is missed', () => {
  it('if two occur at the same instant, one before a poll and one after it', async () => {
    const publication = await schedule(ours);
    const listener = await listening();
    listener.take();
    const now = ours.clock.now();
    await recordListing(db, ours, now, 'lst_first');
    await hub.tick();
    expect(listener.take().topics.listing).toEqual(['lst_first']);
    await recordListing(db, ours, now, 'lst_second');
    await touch(publication.id, now);
    await hub.tick();
    expect(listener.take().topics).toMatchObject({ listing: ['lst_second'], publication: [publication.id] });
    // The same row again at the same instant.
    await touch(publication.id, now);
    await hub.tick();
    expect(listener.take().topics.publication).toEqual([publication.id]);
  });

  it('if its time is before a poll but it is committed afterwards', async () => {
    const listener = await listening();
    listener.take();
    const before = ours.clock.now();
    ours.clock.advance(30_000);
    await hub.tick();
    listener.take();
    await recordListing(db, ours, before, 'lst_late');
    await hub.tick();
    expect(listener.take().topics.listing).toEqual(['lst_late']);
  });

  // Only a server runs two transactions concurrently.
  it.skipIf(testDriver() === 'pglite')('if its transaction is open during a poll', async () => {
    const listener = await listening();
    listener.take();
    let wrote = () => {};
    let commit = () => {};
    const written = new Promise<void>((resolve) => (wrote = resolve));
    const committed = new Promise<void>((resolve) => (commit = resolve));
    const now = ours.clock.now();
    const open = db.asSystem(async (tx) => {
      // In a savepoint, so that the row carries the id of the inner transaction.
      await tx.transaction((inner) =>
        inner.insert(activity).values({
          id: newId('activity'),
          workspaceId: ours.workspaceId,
          at: now,
          actor: 'system:test',
          verb: 'listing.active',
          subjectType: 'listing',
          subjectId: 'lst_open',
          summary: plain('x'),
        }),
      );
      wrote();
      await committed;
    });
    await written;
    await recordListing(db, ours, now, 'lst_quick');
    await hub.tick();
    expect(listener.take().topics.listing).toEqual(['lst_quick']);
    const cursor = listener.cursor;
    await hub.tick();
    expect(listener.take().types).toEqual([]);
    commit();
    await open;
    await hub.tick();
    expect(listener.take().topics.listing).toEqual(['lst_open']);
    expect(cursor).toBeNull();
  });

  it('between the page and the stream or after a gap, even with another process', async () => {
    const page = `${ours.clock.now().getTime()}`;
    ours.clock.advance(2_000);
    await recordListing(db, ours, ours.clock.now(), 'lst_between');
    ours.clock.advance(1_000);
    const listener = await listening(page);
    const cursor = listener.cursor;
    expect(listener.take()).toMatchObject({ types: ['ready'], topics: { listing: ['lst_between'] } });
    listener.leave?.();

    ours.clock.advance(5 * 60_000);
    await recordListing(db, ours, ours.clock.now(), 'lst_gap');
    await recordListing(db, other, ours.clock.now(), 'lst_theirs');
    hub = createLiveHub({ db, clock: ours.clock, everyMs: 1_000_000 });
    const again = await listening(cursor);
    const resumed = again.cursor;
    const gap = again.take();
    again.leave?.();
    const once = (await listening(resumed)).take();
    if (testDriver() === 'pglite') {
      expect(gap).toMatchObject({ types: ['ready'], topics: { listing: ['lst_gap'] } });
      // A listener that resumes from its cursor gets nothing twice.
      expect(once).toEqual({ types: ['ready'], topics: {} });
    } else {
      // A server has other open transactions, including other tests', so changes near the cursor may be reported again but are never lost.
      expect(gap.topics.listing).toContain('lst_gap');
      expect([gap.topics.listing, once.topics.listing ?? []].flat()).not.toContain('lst_theirs');
    }
  });

  it.each([
    ['too long a gap', () => `${ours.clock.now().getTime() - 11 * 60_000}.5`],
    ['a cursor of another database', () => `${ours.clock.now().getTime()}.999999999999`],
  ])('unless it cannot be determined because of %s, which requires a full reload', async (_, since) => {
    const listener = await listening(since());
    expect(listener.heard).toMatchObject([{ type: 'ready', resync: true, topics: null }]);
  });

  it('treats an invalid cursor as none', async () => {
    for (const since of ['', 'now', '1;drop', '1.2.3', '-5', `${'9'.repeat(40)}`]) {
      const listener = await listening(since);
      expect(listener.heard).toMatchObject([{ type: 'ready', resync: false, topics: null }]);
      listener.leave?.();
    }
  });
});

it('scans only index ranges', async () => {
  const { explainChanges } = await import('./read-changes');
  const plan = await db.asSystem(async (tx) => {
    // A small table would be scanned completely, which says nothing about a large one.
    await tx.execute(sql`set local enable_seqscan = off`);
    return rowsOf<{ 'QUERY PLAN': string }>(
      tx,
      explainChanges([{ key: 'k', workspaceId: ours.workspaceId, cursor: { at: Date.now(), xid: '1' } }]),
    );
  });
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(text).not.toContain('Seq Scan');
  for (const index of ['publications_changed', 'posts_recent', 'activity_recent', 'alerts_ended'])
    expect(text).toContain(`${index} `);
  // The open rows of a workspace, which are few.
  expect(text).toMatch(/actions_(once|open) /);
  expect(text).toMatch(/alerts_(once|open) /);
});
