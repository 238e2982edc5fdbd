import { getTableColumns, is, type SQL, sql } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import {
  clearLease,
  isFree,
  isHeld,
  isOurs,
  LEASE_MS,
  type LeaseKind,
  LeaseManager,
  latestEnd,
  leaseEnd,
  newLease,
  setLease,
} from '@/db/leases';
import * as schema from '@/db/schema';
import * as runner from '@/inngest/embedded/schema';
import { JOB_LEASE, renew } from '@/inngest/embedded/store/claim';
import { REFRESH_LEASE } from '@/server/domains/connections/store';
import { EMAIL_LEASE } from '@/server/domains/emails/send-queued-emails';
import { LISTING_LEASE } from '@/server/domains/listings/perform-listing';
import { PUBLICATION_LEASE } from '@/server/domains/publications/lease';
import { RESULTS_LEASE } from '@/server/domains/results/read-results';
import { SYNC_LEASE } from '@/server/domains/sales/lease';
import { UPLOAD_LEASE } from '@/server/domains/uploads/upload-media';
import { WEBHOOK_LEASE } from '@/server/domains/webhooks/apply-webhooks';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { fill, type Ids } from '@/tests/tenancy/rows';

interface Case {
  kind: LeaseKind;
  row: () => string;
  /** Assignments that put the rest of the row into a state in which it is worked on. */
  working?: SQL;
  /** Its tokens are an existing counter column. */
  counts?: true;
  /** It is not renewed during the work, because it lasts longer than the work can take. */
  fixed?: true;
}

let db: Db;
let world: World;
let ids: Ids;
let jobId = '';
let grantId = '';
const emailId = 'eml_leased';
const eventId = 'telegram:leased';
const CASES: Case[] = [
  { kind: PUBLICATION_LEASE, row: () => ids.publication, working: sql`state = 'publishing'` },
  { kind: UPLOAD_LEASE, row: () => ids.pictured, working: sql`state = 'uploading'` },
  { kind: LISTING_LEASE, row: () => ids.listing, counts: true },
  { kind: SYNC_LEASE, row: () => ids.connection },
  { kind: EMAIL_LEASE, row: () => emailId, working: sql`status = 'sending'`, counts: true },
  { kind: REFRESH_LEASE, row: () => grantId, fixed: true },
  { kind: RESULTS_LEASE, row: () => ids.publication, fixed: true },
  { kind: WEBHOOK_LEASE, row: () => eventId, fixed: true },
  { kind: JOB_LEASE, row: () => jobId },
];

beforeAll(async () => {
  db = await freshDb();
  world = await createWorld(db);
  ids = await fill(db, world);
  const now = world.clock.now();
  await db.asSystem(async (tx) => {
    const [grant] = await tx.select().from(schema.grants).limit(1);
    grantId = grant?.id ?? '';
    await tx.insert(schema.syncCursors).values({
      workspaceId: world.workspaceId,
      connectionId: ids.connection,
      kind: 'sales',
      cursor: '',
      syncedAt: now,
    });
    await tx.insert(schema.emails).values({
      id: emailId,
      key: emailId,
      toAddress: 'ada@example.com',
      template: 'welcome',
      props: {},
    });
    await tx
      .insert(schema.webhookEvents)
      .values({ id: eventId, provider: 'telegram', type: 'notice', receivedAt: now });
  });
  // The tables of the runner belong to the login. Grants access, so that all leases can be tested alike.
  await db.raw.execute(sql`grant usage on schema tributary_runner to tributary_system`);
  await db.raw.execute(sql`grant all on tributary_runner.runs, tributary_runner.jobs to tributary_system`);
  await db.raw.execute(sql`grant usage on all sequences in schema tributary_runner to tributary_system`);
  const started = now.toISOString();
  const [job] = await rows<{ id: string }>(sql`
    with run as (
      insert into tributary_runner.runs (id, function_id, event, started_at)
      values ('run', 'f', '{}', ${started}::timestamptz) returning id
    )
    insert into tributary_runner.jobs (run_id, function_id, kind, due_at)
    select id, 'f', 'discover', ${started}::timestamptz from run returning id::text as id`);
  jobId = job?.id ?? '';
});
afterAll(() => db.close());

const rows = async <T>(query: SQL): Promise<T[]> =>
  ((await db.asSystem((tx) => tx.execute(query))) as unknown as { rows: T[] }).rows;

it('every column that holds a lease belongs to a kind of lease', () => {
  const known = CASES.flatMap(({ kind }) => [kind.token, kind.until]);
  const tables = [...Object.values(schema), ...Object.values(runner)].filter((value) => is(value, PgTable));
  expect(tables.length).toBeGreaterThan(40);
  const leased = tables.flatMap((table) =>
    Object.values(getTableColumns(table)).filter((column) => /lease|^claim/.test(column.name)),
  );
  expect(leased.filter((column) => !known.includes(column))).toEqual([]);
  expect(new Set(CASES.map(({ kind }) => kind.name)).size).toBe(CASES.length);
});

describe.each(CASES)('the lease of a $kind.name', ({ kind, row, working, counts, fixed }) => {
  let count = 0;
  const lease = () => {
    const { until, token } = newLease(kind, world.clock.now());
    return { until, token: counts ? String(++count) : token };
  };
  const mine = () => sql`${kind.id} = ${row()}`;
  const take = async (wanted: { token: string; until: Date }) =>
    (
      await rows(sql`update ${kind.id.table} set ${setLease(kind, wanted)}
        where ${mine()} and ${isFree(kind, world.clock.now())} returning 1 as one`)
    ).length === 1;
  /** Writes the result of some work as the holder of this token. */
  const write = async (token: string, set: SQL) =>
    (
      await rows(
        sql`update ${kind.id.table} set ${set} where ${mine()} and ${isOurs(kind, token)} returning 1 as one`,
      )
    ).length === 1;
  const tokenOf = async () => {
    const one = lease();
    await rows(sql`update ${kind.id.table} set ${setLease(kind, one)} where ${mine()}`);
    return one.token;
  };
  const end = async () => {
    const [found] = await rows<{ until: number | null }>(
      sql`select (extract(epoch from ${kind.until}) * 1000)::float8 as until from ${kind.id.table} where ${mine()}`,
    );
    return found?.until == null ? null : Number(found.until);
  };

  beforeEach(async () => {
    count = 100;
    const free = kind.due
      ? sql`${sql.identifier(kind.until.name)} = ${world.clock.now().toISOString()}::timestamptz`
      : sql`${sql.identifier(kind.until.name)} = null`;
    const state = working ? sql`, ${working}` : sql``;
    await rows(sql`update ${kind.id.table} set ${free}${state} where ${mine()}`);
  });

  it('is granted to one of two workers that claim it at the same time', async () => {
    const [one, two] = [lease(), lease()];
    const got = await Promise.all([take(one), take(two)]);
    expect(got.filter(Boolean)).toHaveLength(1);
    const winner = got[0] ? one : two;
    const loser = got[0] ? two : one;
    expect(await write(loser.token, setLease(kind, loser))).toBe(false);
    expect(await end()).toBe(winner.until.getTime());
    // Nor later, until it expires.
    world.clock.set(new Date(winner.until.getTime() - 1));
    expect(await take(lease())).toBe(false);
  });

  it('is taken over after its holder crashed, and late writes of that holder are refused', async () => {
    const dead = lease();
    expect(await take(dead)).toBe(true);
    world.clock.set(dead.until);
    const heir = lease();
    expect(await take(heir)).toBe(true);
    expect(
      await write(dead.token, setLease(kind, { ...dead, until: leaseEnd(world.clock.now(), 3_600_000) })),
    ).toBe(false);
    expect(await end()).toBe(heir.until.getTime());
    expect(await write(heir.token, setLease(kind, heir))).toBe(true);
  });

  it('is free if it ends later than it could have been taken by now, because the clock was ahead', async () => {
    const ahead = lease();
    expect(await take(ahead)).toBe(true);
    world.clock.advance(-30 * 86_400_000);
    const heir = lease();
    expect(await take(heir)).toBe(true);
    expect(await write(ahead.token, setLease(kind, ahead))).toBe(false);
    expect(await end()).toBe(heir.until.getTime());
  });

  it('is either free or held, at every time', async () => {
    const now = world.clock.now();
    const latest = latestEnd(kind, now).getTime();
    const ends = [-1, 0, 1, LEASE_MS].map((ms) => now.getTime() + ms);
    for (const until of [...ends, latest - 1, latest, latest + 1, latest + 30 * 86_400_000]) {
      expect(await write(await tokenOf(), setLease(kind, { ...lease(), until: new Date(until) }))).toBe(true);
      const [found] = await rows(
        sql`select ${isFree(kind, now)} as free, ${isHeld(kind, now)} as held from ${kind.id.table} where ${mine()}`,
      );
      const held = until > now.getTime() && until <= latest;
      expect(found, String(until - now.getTime())).toEqual({ free: !held, held });
    }
  });

  it.runIf(!kind.due && !counts)('is free immediately after its release, by its holder only', async () => {
    const [one, other] = [lease(), lease()];
    expect(await take(one)).toBe(true);
    expect(await write(other.token, clearLease(kind))).toBe(false);
    expect(await take(other)).toBe(false);
    expect(await write(one.token, clearLease(kind))).toBe(true);
    expect(await take(other)).toBe(true);
  });

  it.skipIf(fixed)(
    'is renewed while its holder works, but not after another worker has claimed it',
    async () => {
      const own = lease();
      expect(await take(own)).toBe(true);
      const keeper = new LeaseManager(db);
      const held = kind === JOB_LEASE ? null : keeper.hold(kind, { id: row(), ...own, clock: world.clock });
      /** The runner renews all its jobs itself, in one statement. */
      const renewal = async () => {
        if (held) return held.refresh();
        const job = { id: row(), token: own.token } as Parameters<typeof renew>[1][number];
        return (await renew({ db }, [job], world.clock.now(), LEASE_MS)).has(job.id);
      };
      const began = world.clock.now().getTime();
      const length = own.until.getTime() - began;
      for (let past = 0; past < 3 * length; past += length / 2) {
        world.clock.advance(length / 2);
        expect(await renewal()).toBe(true);
        expect(await end()).toBe(world.clock.now().getTime() + length);
        expect(await take(lease())).toBe(false);
      }
      // The clock was ahead, and is set back.
      world.clock.advance(-30 * 86_400_000);
      if (held) expect(held.sound()).toBe(false);
      expect(await renewal()).toBe(true);
      expect(await end()).toBe(world.clock.now().getTime() + length);
      expect(await take(lease())).toBe(false);
      // This process slept through the end of its lease.
      world.clock.advance(length);
      const heir = lease();
      expect(await take(heir)).toBe(true);
      expect(await renewal()).toBe(false);
      expect(await end()).toBe(heir.until.getTime());
      if (held) expect(held.lost).toBe(true);
      held?.end();
    },
  );
});
