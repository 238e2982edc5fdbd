import { sql } from 'drizzle-orm';
import { text, timestamp } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { gated } from '@/server/domains/publisher/testing';
import { ManualClock } from '@/server/foundation/clock';
import { freshDb } from '@/tests/support/db';
import type { Db } from './client';
import { LEASE_MARGIN_MS, LEASE_MS, type LeaseKind, LeaseManager, leaseEnd, RENEW_AFTER_MS } from './leases';
import { tributary } from './schema';

const kind = (table: string, more: Partial<LeaseKind> = {}): LeaseKind => {
  const leased = tributary.table(table, {
    id: text('id').primaryKey(),
    token: text('token'),
    until: timestamp('until'),
  });
  return { name: table, id: leased.id, token: leased.token, until: leased.until, ...more };
};
const ONE = kind('leased_one');
/** Has a numeric token and a shorter lease, and its work may be finished. */
const TWO = kind('leased_two', { ms: 6_000, when: sql`t.open` });

let db: Db;
let clock: ManualClock;
let statements = 0;
let away = false;
let keeper: LeaseManager;
beforeAll(async () => {
  db = await freshDb();
  await db.asSystem(async (tx) => {
    await tx.execute(sql`reset role`);
    await tx.execute(
      sql`create table tributary.leased_one (id text primary key, token text, until timestamptz)`,
    );
    await tx.execute(
      sql`create table tributary.leased_two (id text primary key, token int, until timestamptz, open boolean)`,
    );
    await tx.execute(sql`grant all on tributary.leased_one, tributary.leased_two to tributary_system`);
  });
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asSystem((tx) => tx.execute(sql`delete from leased_one`));
  await db.asSystem((tx) => tx.execute(sql`delete from leased_two`));
  clock = new ManualClock('2026-03-02T10:00:00Z');
  statements = 0;
  away = false;
  keeper = new LeaseManager(
    gated(db, () => {
      statements++;
      if (away) throw new Error('the database is away');
    }),
  );
});

async function take(of: LeaseKind, id: string, token: string) {
  const until = leaseEnd(clock.now(), of.ms);
  await db.asSystem((tx) =>
    of === ONE
      ? tx.execute(sql`insert into leased_one values (${id}, ${token}, ${until.toISOString()}::timestamptz)`)
      : tx.execute(
          sql`insert into leased_two values (${id}, ${token}::int, ${until.toISOString()}::timestamptz, true)`,
        ),
  );
  return keeper.hold(of, { id, token, until, clock });
}
const ends = async (of: LeaseKind) => {
  const result = await db.asSystem((tx) =>
    tx.execute(
      sql`select id, (extract(epoch from until) * 1000)::float8 as until from ${of.id.table} order by id`,
    ),
  );
  return (result as unknown as { rows: { id: string; until: number }[] }).rows.map((r) => Number(r.until));
};

test('held leases are renewed together, in one statement, once a third of their time has passed', async () => {
  const held = [];
  for (let i = 0; i < 48; i++) held.push(await take(i % 2 ? ONE : TWO, `row ${i}`, String(i)));
  await keeper.look();
  expect(statements).toBe(0);
  clock.advance(RENEW_AFTER_MS);
  await keeper.look();
  expect(statements).toBe(1);
  const now = clock.now().getTime();
  expect(new Set(await ends(ONE))).toEqual(new Set([now + LEASE_MS]));
  expect(new Set(await ends(TWO))).toEqual(new Set([now + 6_000]));
  expect(held.every((lease) => lease.sound())).toBe(true);
  for (const lease of held) lease.end();
  clock.advance(RENEW_AFTER_MS);
  await keeper.look();
  expect(statements).toBe(1);
});

test('a lease that another process took or whose work is finished is lost, and its row stays unchanged', async () => {
  const taken = await take(ONE, 'a', '1');
  const over = await take(TWO, 'b', '2');
  const ours = await take(ONE, 'c', '3');
  await db.asSystem((tx) => tx.execute(sql`update leased_one set token = 'other' where id = 'a'`));
  await db.asSystem((tx) => tx.execute(sql`update leased_two set open = false`));
  const [before] = await ends(ONE);
  clock.advance(RENEW_AFTER_MS);
  await keeper.look();
  expect([taken.lost, over.lost, ours.lost]).toEqual([true, true, false]);
  expect([taken.sound(), over.sound(), ours.sound()]).toEqual([false, false, true]);
  expect((await ends(ONE))[0]).toBe(before);
  // A lost lease is not requested again.
  expect(await taken.refresh()).toBe(false);
  expect(statements).toBe(1);
});

test('a lease that cannot be renewed becomes unsound before it ends, and sound again once the database is back', async () => {
  const lease = await take(ONE, 'a', '1');
  away = true;
  clock.advance(LEASE_MS - LEASE_MARGIN_MS + 1);
  expect(await lease.refresh()).toBe(false);
  expect(lease.left()).toBeGreaterThan(0);
  expect(lease.lost).toBe(false);
  away = false;
  expect(await lease.refresh()).toBe(true);
  expect(lease.left()).toBe(LEASE_MS);
});

test('a hanging renewal is not awaited: the next check renews its leases and the other ones', async () => {
  let go = () => {};
  const hung = new Promise<void>((done) => {
    go = done;
  });
  let asked = 0;
  keeper = new LeaseManager(
    gated(db, async () => {
      if (++asked === 1) await hung;
    }),
    1,
  );
  const held = await take(ONE, 'a', 'mine');
  clock.advance(RENEW_AFTER_MS);
  await keeper.look();
  const other = await take(ONE, 'b', 'other');
  clock.advance(RENEW_AFTER_MS);
  // A caller of `refresh` learns in time that its lease is running out, and may try again.
  while (held.left() < LEASE_MS) {
    await keeper.look();
    // Database responses arrive in between.
    await new Promise(setImmediate);
  }
  expect([held.left(), other.left()]).toEqual([LEASE_MS, LEASE_MS]);
  go();
  held.end();
  other.end();
});

test('a renewal never shortens the lease that its holder extended meanwhile', async () => {
  const lease = await take(ONE, 'a', '1');
  const later = clock.now().getTime() + 60_000;
  await db.asSystem((tx) =>
    tx.execute(sql`update leased_one set until = ${new Date(later).toISOString()}::timestamptz`),
  );
  clock.advance(RENEW_AFTER_MS);
  await lease.refresh();
  expect(await ends(ONE)).toEqual([later]);
});
