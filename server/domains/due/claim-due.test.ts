import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { publications, workspaces } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { addConnection, writePost } from '../publisher/testing';
import { claimDue } from './claim-due';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

/** Offsets from now in seconds: the due time, the next attempt, and the end of the last claim. */
interface Row {
  due: number;
  retry?: number;
  claimed?: number;
}

/** Adds scheduled publications to one workspace. Returns their names by id. */
async function add(world: World, rows: Record<string, Row>): Promise<Map<string, string>> {
  const connectionId = await addConnection(db, world.ctx);
  const post = await writePost(world.ctx);
  const at = (seconds: number | undefined) =>
    seconds === undefined ? null : new Date(world.clock.now().getTime() + seconds * 1000);
  const names = new Map<string, string>();
  await db.asSystem(async (tx) => {
    for (const [name, row] of Object.entries(rows)) {
      const id = newId('publication');
      names.set(id, name);
      await tx.insert(publications).values({
        id,
        workspaceId: world.workspaceId,
        postId: post.id,
        variantId: post.variants[0]?.id ?? '',
        connectionId,
        text: name,
        dueAt: at(row.due) ?? new Date(),
        retryAt: at(row.retry),
        claimedUntil: at(row.claimed),
        localTime: '2026-03-02T11:00',
        timeZone: 'Europe/Berlin',
        state: 'scheduled',
        marker: id,
        requestKey: id,
        createdBy: 'test',
      });
    }
  });
  return names;
}

test('the sweep claims due rows, the longest due first, whether new, retried or late, up to the limit', async () => {
  const world = await createWorld(db);
  const held = await createWorld(db, { clock: world.clock });
  const HOUR = 3_600;
  const rows: Record<string, Row> = {
    'nine hours late, retry due before the next sweep': { due: -9 * HOUR, retry: 60 },
    'eight hours late, claim just expired': { due: -8 * HOUR, claimed: -120 },
    'seven hours late, retry due, claim expired': { due: -7 * HOUR, retry: -6 * HOUR, claimed: -250 },
    'an hour late, left to the rule': { due: -HOUR },
    'an hour late, retry due': { due: -HOUR + 1, retry: -HOUR + 60 },
    'six minutes late, claim expired': { due: -360, claimed: -299 },
    'five minutes late': { due: -300 },
    'retry due': { due: -200, retry: -100 },
    now: { due: 0 },
    'just before the next sweep': { due: 70 },
  };
  const names = await add(world, {
    ...rows,
    'nine hours late, retry due after the next sweep': { due: -9 * HOUR, retry: 71 },
    'retry due in an hour': { due: -10, retry: HOUR },
    'after the next sweep': { due: 71 },
    'missed, left to a user': { due: -5 * HOUR },
  });
  await add(held, rows);
  await db.asSystem((tx) =>
    tx
      .update(workspaces)
      .set({ heldAt: world.clock.now(), heldFor: 'pause' })
      .where(eq(workspaces.id, held.workspaceId)),
  );
  const batches: string[][] = [];
  for (;;) {
    const claims = await claimDue({ db, clock: world.clock, limit: 4 });
    if (claims.length === 0) break;
    batches.push(claims.map((claim) => names.get(claim.publicationId) ?? 'held'));
  }
  expect(batches.map((b) => b.length)).toEqual([4, 4, 2]);
  expect(batches.flat().sort()).toEqual(Object.keys(rows).sort());
  // Each batch takes the longest due of the remaining rows.
  const due = (name: string) => rows[name]?.due ?? Number.NaN;
  const longest = (batch: string[]) => Math.max(...batch.map(due));
  expect(longest(batches[0] ?? [])).toBeLessThan(Math.min(...(batches[1] ?? []).map(due)));
  expect(longest(batches[1] ?? [])).toBeLessThan(Math.min(...(batches[2] ?? []).map(due)));

  await db.asSystem((tx) =>
    tx.update(workspaces).set({ heldAt: null }).where(eq(workspaces.id, held.workspaceId)),
  );
  expect(await claimDue({ db, clock: world.clock })).toHaveLength(Object.keys(rows).length);
});
