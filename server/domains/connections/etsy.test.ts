import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import type { ListInput } from '@/server/connectors/kit/types';
import { nameOf } from '@/server/foundation/facts';
import { money } from '@/server/foundation/money';
import { recordSale, refund } from '@/server/sandbox/etsy/sales';
import { etsyAssets, etsyListings } from '@/server/sandbox/etsy/tables';
import type { SandboxHandler } from '@/server/sandbox/handler';
import type { World } from '@/tests/support/world';
import { callPlatform } from './call-platform';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox } from './testing';

let bench: Bench;
let db: Db;
let world: World;
let handler: SandboxHandler;
let connectionId = '';

beforeAll(async () => {
  bench = await connectionsBench({ waits: true });
  ({ db, world, handler } = bench);
  const done = await connectSandbox(handler, world.ctx, 'etsy', 'miraokafor');
  connectionId = done.connectionIds[0] ?? '';
});
afterAll(() => bench.close());

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const listing = (marker: string, more: Partial<ListInput> = {}): ListInput => ({
  title: `Planner ${marker}`,
  description: 'A planner for a week.',
  tags: ['planner', 'for a week'],
  price: money(499, 'USD'),
  quantity: 50,
  marker,
  file: { name: 'planner.pdf', mime: 'application/pdf', bytes: Buffer.from('%PDF-1.4') },
  image: { name: 'planner.png', mime: 'image/png', bytes: PNG },
  onDraft: async () => {},
  ...more,
});
const list = (input: ListInput) => callPlatform({ ctx: world.ctx, connectionId, capability: 'list', input });
const made = (marker: string) =>
  db.raw
    .select()
    .from(etsyListings)
    .where(eq(etsyListings.title, `Planner ${marker}`));
const assetsOf = (id: string) =>
  db.raw
    .select()
    .from(etsyAssets)
    .where(eq(etsyAssets.listingId, Number(id)));

describe('listing on Etsy', () => {
  it('creates a draft, adds the marker, uploads and publishes', async () => {
    const drafts: string[] = [];
    const input = listing('m1', { onDraft: async (id) => void drafts.push(id) });
    const { remoteId, url } = await list(input);
    expect(drafts).toEqual([remoteId]);
    expect(url).toContain(`/sandbox/etsy/listing/${remoteId}`);
    expect(await made('m1')).toMatchObject([{ state: 'active', sku: 'm1', priceCents: 499, quantity: 50 }]);
    expect(await assetsOf(remoteId)).toHaveLength(2);
    // A repeated call, with or without the id, returns the same listing.
    expect((await list({ ...input, resume: remoteId })).remoteId).toBe(remoteId);
    expect((await list(input)).remoteId).toBe(remoteId);
    expect(await made('m1')).toHaveLength(1);
    expect(await assetsOf(remoteId)).toHaveLength(2);
  });

  // The response is lost at each step in turn; a retry still produces one complete listing.
  it.each([
    'createDraftListing',
    'updateListingInventory',
    'uploadListingImage',
    'uploadListingFile',
    'updateListing',
  ])('survives a lost response from %s', async (operation) => {
    const input = listing(`lost-${operation}`);
    await handler.world.faults.add({ platform: 'etsy', operation, kind: 'reset_after', count: 1 });
    const expected = operation === 'createDraftListing' ? 'unknown_outcome' : 'transient';
    await expect(list(input)).rejects.toMatchObject({ kind: expected });
    const { remoteId } = await list(input);
    expect(await made(`lost-${operation}`)).toMatchObject([{ state: 'active', sku: input.marker }]);
    expect((await assetsOf(remoteId)).map((a) => a.kind).sort()).toEqual(['file', 'image']);
  });

  // Etsy returns what people typed as HTML.
  it.each(["Mom's & Dad's", 'A "quoted" one <3', 'Really &amp; truly &#39;', 'Caf\u0065\u0301'])(
    'finds the draft whose response was lost, whatever its texts: %s',
    async (name) => {
      const input = listing(`text-${name.length}`, {
        title: `Mom's "planner" & ${name.length}`,
        description: `${name}\r\nSecond   line`,
      });
      await handler.world.faults.add({
        platform: 'etsy',
        operation: 'createDraftListing',
        kind: 'reset_after',
        count: 1,
      });
      await expect(list(input)).rejects.toMatchObject({ kind: 'unknown_outcome' });
      await list({ ...input, since: world.clock.now() });
      const titled = await db.raw.select().from(etsyListings).where(eq(etsyListings.title, input.title));
      expect(titled).toMatchObject([{ state: 'active', sku: input.marker }]);
    },
  );

  it('shows an order’s title as it was typed', async () => {
    const { remoteId } = await list(listing('mom', { title: "Mom's planner" }));
    await db.raw.transaction(async (tx) => {
      const [row] = await tx
        .select()
        .from(etsyListings)
        .where(eq(etsyListings.id, Number(remoteId)));
      if (row) await recordSale(tx, row, { at: world.clock.now(), buyerSeed: 77, quantity: 1 });
    });
    const since = new Date(world.clock.now().getTime() - 60_000);
    const { sales } = await callPlatform({
      ctx: world.ctx,
      connectionId,
      capability: 'syncSales',
      input: { cursor: null, since },
    });
    expect(sales.filter((sale) => sale.listingRemoteId === remoteId)).toMatchObject([
      { title: "Mom's planner" },
    ]);
  });

  it('changes the price exactly, and rejects another currency', async () => {
    const { remoteId } = await list(listing('price'));
    const call = { ctx: world.ctx, connectionId } as const;
    expect(
      await callPlatform({ ...call, capability: 'setPrice', input: { remoteId, price: money(1999, 'USD') } }),
    ).toEqual({ price: money(1999, 'USD') });
    expect(await callPlatform({ ...call, capability: 'readPrice', input: { remoteId } })).toEqual({
      price: money(1999, 'USD'),
      active: true,
    });
    await expect(
      callPlatform({ ...call, capability: 'setPrice', input: { remoteId, price: money(1999, 'EUR') } }),
    ).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('USD') });
    expect(await callPlatform({ ...call, capability: 'delist', input: { remoteId } })).toEqual({
      delisted: true,
    });
    expect(await callPlatform({ ...call, capability: 'readPrice', input: { remoteId } })).toMatchObject({
      active: false,
    });
  });
});

it('syncs sales, fees and refunds to the cent, without losses or duplicates', async () => {
  const { remoteId } = await list(listing('sold'));
  const at = world.clock.now();
  const buy = (quantity: number, seed: number, orders = 1) =>
    db.raw.transaction(async (tx) => {
      const ids: number[] = [];
      for (let i = 0; i < orders; i++) {
        const [row] = await tx
          .select()
          .from(etsyListings)
          .where(eq(etsyListings.id, Number(remoteId)));
        const receipt =
          row && (await recordSale(tx, row, { at: world.clock.now(), buyerSeed: seed + i, quantity }));
        if (!receipt) throw new Error('nothing was sold');
        ids.push(receipt.id);
      }
      return ids;
    });
  const sync = (cursor: string | null) =>
    callPlatform({
      ctx: world.ctx,
      connectionId,
      capability: 'syncSales',
      input: { cursor, since: new Date(at.getTime() - 60_000) },
    });
  const [receipt = 0] = await buy(2, 1);
  const first = await sync(null);
  const mine = (s: { remoteOrderId: string | null }) => s.remoteOrderId === String(receipt);
  expect(first.sales.filter(mine)).toMatchObject([
    { listingRemoteId: remoteId, quantity: 2, gross: money(998, 'USD') },
  ]);
  const sale = first.sales.find(mine);
  const fees = first.fees.filter((f) => mine(f) || f.remoteSaleId === sale?.remoteId);
  // 6.5 % and 3 % + 25 cents of 9.98.
  expect(fees.map((f) => [f.kind, f.amount.amount]).sort()).toEqual([
    ['Processing fee', 55],
    ['Transaction fee', 65],
  ]);

  // Two successive refunds of one order count as two.
  world.clock.advance(60_000);
  await refund(handler.world, receipt, 100);
  const second = await sync(first.nextCursor);
  world.clock.advance(60_000);
  await refund(handler.world, receipt, 50);
  const third = await sync(second.nextCursor);
  const refunds = new Map(
    [...second.refunds, ...third.refunds].filter(mine).map((r) => [r.remoteId, r.amount.amount]),
  );
  expect([...refunds.values()].sort()).toEqual([100, 50].sort());

  // 120 orders span several pages and are each returned once.
  world.clock.advance(86_400_000);
  await db.raw
    .update(etsyListings)
    .set({ quantity: 900 })
    .where(eq(etsyListings.id, Number(remoteId)));
  const ids = new Set((await buy(1, 100, 120)).map(String));
  const many = await sync(third.nextCursor);
  const seen = many.sales.filter((s) => ids.has(s.remoteOrderId));
  expect(seen).toHaveLength(120);
  expect(new Set(seen.map((s) => s.remoteId)).size).toBe(120);
  expect(
    many.fees.filter(
      (f) => nameOf(f.kind) === 'platforms.etsy.fees.processing' && ids.has(f.remoteOrderId ?? ''),
    ),
  ).toHaveLength(120);
  // The ids are stable, so nothing is counted again.
  const again = await sync(many.nextCursor);
  expect(
    again.sales.every((s) => s.remoteId === many.sales.find((m) => m.remoteId === s.remoteId)?.remoteId),
  ).toBe(true);
});
