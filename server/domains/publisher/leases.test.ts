import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { LEASE_MS, leasesOf } from '@/db/leases';
import { publications } from '@/db/schema';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { ABSENCE_GRACE_MS } from '../publications/policy';
import { checkForStuck } from './check-for-stuck';
import { idleLanes } from './idle-lanes';
import { lookUpPublication } from './look-up-publication';
import { publishDue } from './publish-due';
import { recoverStuck } from './recover-stuck';
import { addConnection } from './testing';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});
/** When the process died, in milliseconds. */
let died = 0;
beforeEach(() => {
  died = 0;
});

const now = () => here.world.clock.now().getTime();
const lane = (on = here.connectionId, by = db) =>
  publishDue({
    ctx: { ...here.world.ctx, db: by, platforms: here.platform },
    input: { connectionId: on },
  });
const look = (input: Parameters<typeof lookUpPublication>[0]['input']) =>
  lookUpPublication({ ctx: { ...here.world.ctx, platforms: here.platform }, input });
const recover = (alone = false) => recoverStuck({ db, clock: here.world.clock, alone });
const rowOf = async (id: string) => {
  const [row] = await db.asSystem((tx) => tx.select().from(publications).where(eq(publications.id, id)));
  if (!row) throw new Error('no row');
  return row;
};
const leaseOf = async (id: string) => (await rowOf(id)).claimedUntil?.getTime() ?? 0;

/** Schedules a post and sends it in a process that dies before the request leaves or after it arrived. */
async function interrupted(when: 'before it leaves' | 'after it arrived') {
  const publication = await here.schedule();
  await claimDue({ db, clock: here.world.clock });
  // The start is the process's first use of the database, the end of the attempt the next one.
  here.platform.script.push(when === 'after it arrived' ? 'ok' : { before: 'crash' });
  await expect(lane(here.connectionId, here.dyingDb(1))).rejects.toThrow('the process ended');
  died = now();
  return publication;
}

describe('an interrupted attempt', () => {
  test('is looked up within 20 s, and found if it arrived', async () => {
    const publication = await interrupted('after it arrived');
    here.world.clock.advance(LEASE_MS - 1);
    expect((await recover()).lookUps).toEqual([]);
    here.world.clock.advance(2);
    expect(await checkForStuck({ db, clock: here.world.clock })).toMatchObject({ found: true });
    const { lookUps } = await recover();
    expect(lookUps.map((l) => l.publicationId)).toEqual([publication.id]);
    expect(now() - died).toBeLessThan(20_000);
    for (const input of lookUps) expect(await look(input)).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
  });

  test('is sent again only after the grace period, which begins when its request can no longer leave', async () => {
    const publication = await interrupted('before it leaves');
    const leaseEnded = await leaseOf(publication.id);
    here.world.clock.advance(LEASE_MS + 1);
    const first = (await recover()).lookUps;
    for (const input of first) expect(await look(input)).toBe('waiting');
    expect(here.platform.lookups).toBe(1);
    // The next look-up takes place when the grace period is over, and not before.
    here.world.clock.set(new Date(leaseEnded + ABSENCE_GRACE_MS - 1));
    expect((await recover()).lookUps).toEqual([]);
    await lane();
    expect(here.platform.posts).toHaveLength(0);
    here.world.clock.advance(2);
    for (const input of (await recover()).lookUps) expect(await look(input)).toBe('sent_again');
    await here.turn();
    expect(here.platform.posts).toHaveLength(1);
    expect((await here.state(publication.id)).state).toBe('published');
  });

  test('also waits for the grace period when its own process ended the call late', async () => {
    // The request left in the last second of the call, and its response was then given up.
    here.platform.beforeSend = async () => {
      here.world.clock.advance(10_000);
    };
    const publication = await here.schedule();
    here.platform.script.push({ after: 'unknown_outcome' });
    here.platform.lookupScript.push('unclear');
    await here.turn();
    here.platform.beforeSend = undefined;
    const ended = now();
    // The platform has the post but does not show it yet.
    const [post] = here.platform.posts.splice(0);
    here.world.clock.set(new Date(ended + 40_000));
    for (const input of (await recover()).lookUps) expect(await look(input)).toBe('waiting');
    if (post) here.platform.posts.push(post);
    here.world.clock.set(new Date(ended + 60_000));
    for (const input of (await recover()).lookUps) expect(await look(input)).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
    expect((await here.state(publication.id)).state).toBe('published');
  });

  test('is looked up immediately by a process that knows that it is alone', async () => {
    const publication = await interrupted('after it arrived');
    here.world.clock.advance(3_000);
    expect((await recover()).lookUps).toEqual([]);
    const { lookUps } = await recover(true);
    expect(lookUps.map((l) => l.publicationId)).toEqual([publication.id]);
    for (const input of lookUps) expect(await look(input)).toBe('published');
  });

  test('is not looked up early by a process that is alone while it waits for its next look-up', async () => {
    await interrupted('before it leaves');
    here.world.clock.advance(1_000);
    for (const input of (await recover(true)).lookUps) expect(await look(input)).toBe('waiting');
    expect((await recover(true)).lookUps).toEqual([]);
  });

  test('is looked up immediately if its lease is from a clock that was ahead', async () => {
    await interrupted('after it arrived');
    here.world.clock.advance(-86_400_000);
    expect(await checkForStuck({ db, clock: here.world.clock })).toMatchObject({ found: true });
    const { lookUps } = await recover();
    expect(lookUps).toHaveLength(1);
    for (const input of lookUps) expect(await look(input)).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
    here.world.clock.advance(86_400_000);
  });

  test('is looked up once, however often that is requested, even if the first request arrives late', async () => {
    await interrupted('after it arrived');
    here.world.clock.advance(LEASE_MS + 1);
    const [first] = (await recover()).lookUps;
    // The look-up did not begin in time, so it is requested again.
    here.world.clock.advance(LEASE_MS + 1);
    const [second] = (await recover()).lookUps;
    if (!first || !second) throw new Error('no look-up');
    // Either of the two may be the one that looks it up.
    expect((await Promise.all([look(first), look(second)])).sort()).toEqual(['published', 'skipped']);
    expect(here.platform.lookups).toBe(1);
  });
});

describe('a claim that was not started', () => {
  test('continues within 20 s behind an interrupted attempt', async () => {
    await interrupted('after it arrived');
    const next = await here.schedule();
    await claimDue({ db, clock: here.world.clock });
    expect(await lane()).toMatchObject({ published: 0 });
    here.world.clock.advance(LEASE_MS + 1);
    for (const input of (await recover()).lookUps) await look(input);
    await lane();
    expect(now() - died).toBeLessThan(20_000);
    expect((await here.state(next.id)).state).toBe('published');
  });

  test('is released if it is from a clock that was ahead, and sent when it is due', async () => {
    const publication = await here.schedule();
    await claimDue({ db, clock: here.world.clock });
    expect((await recover()).released).toBe(0);
    here.world.clock.advance(-86_400_000);
    expect((await recover()).released).toBe(1);
    expect(await leaseOf(publication.id)).toBeLessThanOrEqual(now());
    here.world.clock.advance(86_400_000);
    await here.turn();
    expect((await here.state(publication.id)).state).toBe('published');
  });

  test('is detected within 20 s if it was never announced', async () => {
    const other = await addConnection(db, here.world.ctx);
    await here.schedule('forgotten', undefined, other);
    await claimDue({ db, clock: here.world.clock });
    const watch = () => checkForStuck({ db, clock: here.world.clock });
    expect(await watch()).toMatchObject({ found: false });
    here.world.clock.advance(15_000);
    expect(await watch()).toMatchObject({ found: true });
    const lanes = await idleLanes({ db, clock: here.world.clock });
    expect(lanes.map((l) => l.connectionId)).toEqual([other]);
    await lane(other);
    expect(await watch()).toEqual({ found: false, nextEnd: null });
  });

  test('is found by the next minute’s sweep together with an interrupted attempt', async () => {
    const publication = await interrupted('after it arrived');
    const other = await addConnection(db, here.world.ctx);
    const waiting = await here.schedule('waiting', undefined, other);
    await claimDue({ db, clock: here.world.clock });
    here.world.clock.advance(60_000);
    for (const input of (await recover()).lookUps) await look(input);
    for (const { connectionId } of await idleLanes({ db, clock: here.world.clock })) await lane(connectionId);
    for (const { id } of [publication, waiting]) expect((await here.state(id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(2);
  });
});

describe('a lease', () => {
  test('lasts as long as its process renews it, and no other process takes over its post', async () => {
    let held = () => {};
    const gate = new Promise<void>((resolve) => {
      held = resolve;
    });
    let arrived = () => {};
    const sending = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    here.platform.afterEffect = async () => {
      arrived();
      await gate;
    };
    const publication = await here.schedule();
    await claimDue({ db, clock: here.world.clock });
    const sent = lane();
    await sending;
    const updated = (await rowOf(publication.id)).updatedAt;
    for (let i = 0; i < 8; i++) {
      here.world.clock.advance(7_000);
      await leasesOf(db).look();
      expect((await recover()).lookUps).toEqual([]);
      expect(await leaseOf(publication.id)).toBe(now() + LEASE_MS);
    }
    // Pages follow changes, and a renewal is not a change.
    expect((await rowOf(publication.id)).updatedAt).toEqual(updated);
    held();
    expect((await sent).published).toBe(1);
    expect(here.platform.lookups).toBe(0);
  });

  test('is renewed before the request leaves if the database was slow, and the post is sent', async () => {
    const publication = await here.schedule();
    await claimDue({ db, clock: here.world.clock });
    const slow = here.slowDb(() => here.world.clock.advance(13_000), 1);
    expect((await lane(here.connectionId, slow)).published).toBe(1);
    expect((await here.state(publication.id)).attemptRows).toHaveLength(1);
  });

  test('is not renewed after it was lost, and its request does not leave', async () => {
    const publication = await here.schedule();
    await claimDue({ db, clock: here.world.clock });
    here.platform.beforeSend = async () => {
      here.platform.beforeSend = undefined;
      here.world.clock.advance(LEASE_MS + 1);
      for (const input of (await recover()).lookUps) await look(input);
      await leasesOf(db).look();
    };
    await lane();
    expect(here.platform.posts).toHaveLength(0);
    expect((await here.state(publication.id)).state).toBe('publishing');
  });
});
