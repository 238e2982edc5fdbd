import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db, Tx } from '@/db/client';
import { unattributedEntries } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { attributeLinked } from './attribution';
import { makeShop, type Shop } from './testing';
import { readWaiting } from './unattributed';

const HOUR_MS = 3_600_000;

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

/** A shop with open lines, each with its own reference, of which every tenth is not understood. */
async function shopWith(lines: number): Promise<Shop> {
  const shop = await makeShop(db);
  const now = shop.ctx.clock.now().getTime();
  const rows = Array.from({ length: lines }, (_, i) => ({
    id: newId('unattributedEntry', now),
    workspaceId: shop.ctx.workspaceId,
    connectionId: shop.connectionId,
    remoteId: `line-${i}`,
    reason: 'no_order' as const,
    platformKind: 'refund',
    meaning: i % 10 === 9 ? null : ('refund' as const),
    // Nothing is booked, so that the test counts what is read of the lines only.
    amount: null,
    currency: null,
    occurredAt: new Date(now + i),
    reference: `adjustment:${i}`,
    raw: { text: 'x'.repeat(1_000) },
    createdAt: new Date(now + i),
  }));
  await db.asSystem(async (tx) => {
    for (let i = 0; i < lines; i += 500) await tx.insert(unattributedEntries).values(rows.slice(i, i + 500));
  });
  return shop;
}

interface Read {
  statement: string;
  rows: number;
}
interface Session {
  prepareQuery(query: { sql: string }, ...rest: unknown[]): { execute(values?: unknown): Promise<unknown> };
}

/** Runs work as the shop's workspace. Returns its result and what it read of the lines. */
async function counted<T>(shop: Shop, work: (tx: Tx) => Promise<T>): Promise<{ result: T; reads: Read[] }> {
  const reads: Read[] = [];
  const result = await db.asWorkspace(shop.ctx.workspaceId, (tx) => {
    const { session } = tx as unknown as { session: Session };
    const prepare = session.prepareQuery.bind(session);
    session.prepareQuery = (query, ...rest) => {
      const prepared = prepare(query, ...rest);
      const execute = prepared.execute.bind(prepared);
      prepared.execute = async (values) => {
        const answer = await execute(values);
        if (/^select .* from "tributary"\."unattributed_entries"/.test(query.sql))
          reads.push({ statement: query.sql, rows: (answer as unknown[]).length });
        return answer;
      };
      return prepared;
    };
    return work(tx);
  });
  return { result, reads };
}

const rowsRead = (reads: readonly Read[]) => reads.reduce((sum, { rows }) => sum + rows, 0);

it('reads only the lines that the platform has named the order of, and not what it reported', async () => {
  const links = [
    { reference: 'adjustment:3', remoteOrderId: 'a' },
    { reference: 'entry:line-7', remoteOrderId: 'b' },
    // Not understood, and unknown.
    { reference: 'adjustment:9', remoteOrderId: 'c' },
    { reference: 'entry:nowhere', remoteOrderId: 'd' },
  ];
  for (const lines of [20, 1_200]) {
    const shop = await shopWith(lines);
    const { result, reads } = await counted(shop, (tx) =>
      attributeLinked(tx, shop.ctx, shop.connectionId, links),
    );
    expect(result.sort()).toEqual(['a', 'b']);
    expect(reads).toHaveLength(1);
    expect(rowsRead(reads)).toBe(2);
    expect(reads[0]?.statement).not.toContain('"raw"');
    const none = await counted(shop, (tx) => attributeLinked(tx, shop.ctx, shop.connectionId, []));
    expect(none).toEqual({ result: [], reads: [] });
  }
});

it('attributes every line of one order, however many', async () => {
  const shop = await shopWith(20);
  const now = shop.ctx.clock.now();
  await db.asSystem(async (tx) => {
    const [line] = await tx
      .update(unattributedEntries)
      .set({ reference: 'adjustment:0', meaning: 'refund' })
      .where(eq(unattributedEntries.connectionId, shop.connectionId))
      .returning();
    if (!line) throw new Error('No line');
    for (const half of [0, 1])
      await tx.insert(unattributedEntries).values(
        Array.from({ length: 300 }, (_, i) => ({
          ...line,
          id: newId('unattributedEntry', now.getTime()),
          remoteId: `more-${half}-${i}`,
        })),
      );
  });
  const { result, reads } = await counted(shop, (tx) =>
    attributeLinked(tx, shop.ctx, shop.connectionId, [{ reference: 'adjustment:0', remoteOrderId: 'a' }]),
  );
  expect(result).toHaveLength(620);
  expect(reads.map(({ rows }) => rows)).toEqual([500, 120]);
});

it('reads only those lines that the platform is asked about, each in its turn', async () => {
  const shop = await shopWith(1_200);
  const { clock } = shop.ctx;
  const seen = new Set<string>();
  for (let hour = 0; hour < 54; hour++) {
    const at = new Date(clock.now().getTime() + hour * HOUR_MS);
    const { result, reads } = await counted(shop, (tx) =>
      readWaiting(tx, { workspaceId: shop.ctx.workspaceId, clock: { now: () => at } }, shop.connectionId, 20),
    );
    expect(result.length).toBeLessThanOrEqual(20);
    expect(rowsRead(reads)).toBeLessThanOrEqual(21);
    for (const line of result) seen.add(line.remoteId);
  }
  expect(seen.size).toBe(1_080);
});
