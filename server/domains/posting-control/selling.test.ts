import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, listings, priceChanges } from '@/db/schema';
import type { Transport } from '@/server/connectors/host/transport';
import { env, resetEnv } from '@/server/foundation/env';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { setTransport } from '../connections/load-target';
import { connectSandbox, sendToHandler } from '../connections/testing';
import { saveFile } from '../files/save-file';
import { requestDelist } from '../listings/change-listing';
import { performListing } from '../listings/perform-listing';
import { drawPicture } from '../listings/pictures';
import { getListing } from '../listings/queries';
import { requestListing } from '../listings/request-listing';
import { applyPriceChange } from '../pricing/apply-price-change';
import { evaluateRules } from '../pricing/evaluate-rules';
import { requestPriceChange } from '../pricing/request-price-change';
import { createProduct } from '../products/create-product';
import { stuckListings, stuckPriceChanges } from '../sales/due';
import { startPosting } from './start-posting';
import { stopEverything } from './stop-everything';

let db: Db;
let world: World;
let handler: SandboxHandler;
let connectionId: string;
let folder: string;
/** Methods of the requests sent to the platform, and an action to run after a number of changing ones. */
let asked: string[] = [];
let beforeNext: { count: number; run: () => Promise<void> } | undefined;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-held-'));
  process.env.TRIBUTARY_DATA_DIR = folder;
  db = await freshDb();
  world = await createWorld(db, { plan: 'pro' });
  process.env.TRIBUTARY_SANDBOX = '1';
  handler = sandboxHandler({
    db,
    clock: world.clock,
    publicUrl: `${env().appUrl}/sandbox`,
    appUrl: env().appUrl,
    internalAppUrl: env().appUrl,
  });
  const watch =
    (inner: Transport): Transport =>
    async (request) => {
      asked.push(request.method);
      const answer = await inner(request);
      if (beforeNext && request.method !== 'GET' && --beforeNext.count === 0) await beforeNext.run();
      return answer;
    };
  sendToHandler(handler, watch, world.clock);
  connectionId = (await connectSandbox(handler, world.ctx, 'etsy', 'miraokafor')).connectionIds[0] ?? '';
});
afterAll(async () => {
  setTransport(undefined);
  await db.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});

async function* pdf(): AsyncIterable<Uint8Array> {
  yield Buffer.from('%PDF-1.7 a planner');
}
const changing = () => asked.filter((method) => method !== 'GET');

test('an emergency stop interrupts a listing between two requests without failing it, and it continues from there', async () => {
  const { ctx } = world;
  const file = await saveFile({ ctx, input: { name: 'planner.pdf', content: pdf() } });
  const product = await createProduct(ctx, {
    title: 'Weekly planner',
    description: 'A printable planner.',
    tags: ['planner'],
    price: 1200,
    floor: 800,
    currency: 'USD',
    fileId: file.id,
  });
  const { fileId: pictureId } = await drawPicture(ctx, { productId: product.id });
  const { id } = await requestListing(ctx, { productId: product.id, connectionId, pictureId });
  const perform = () => performListing({ ctx, input: { listingId: id } });
  const row = () => getListing(ctx, { id });

  // The draft is created, then the emergency stop is triggered.
  asked = [];
  beforeNext = { count: 1, run: async () => void (await stopEverything(ctx)) };
  expect(await perform()).toBe('nothing_to_do');
  beforeNext = undefined;
  expect(changing()).toHaveLength(1);
  expect(await row()).toMatchObject({ state: 'pending', problem: expect.toSay('emergency stop') });
  // However often the background work runs, nothing is sent and nothing fails.
  asked = [];
  world.clock.advance(30 * 60_000);
  for (let i = 0; i < 5; i++) expect(await perform()).toBe('nothing_to_do');
  expect(await stuckListings(db, world.clock)).toEqual([]);
  expect(await stuckPriceChanges(db, world.clock)).toEqual([]);
  expect(await evaluateRules({ ctx })).toEqual({ checked: 0, changes: [] });
  expect(asked).toEqual([]);

  await startPosting(ctx);
  expect(world.events.sent).toContainEqual({
    name: 'selling/listing.requested',
    data: { workspaceId: world.workspaceId, listingId: id },
  });
  expect(await perform()).toBe('active');
  expect(await row()).toMatchObject({ state: 'active', problem: null });

  // Price changes and delisting wait in the same way.
  const change = await requestPriceChange(ctx, { listingId: id, price: 1000 });
  await stopEverything(ctx);
  asked = [];
  const apply = () => applyPriceChange({ ctx, input: { priceChangeId: change.id } });
  expect(await apply()).toBe('nothing_to_do');
  await requestDelist(ctx, { id, version: (await row()).version });
  expect(await perform()).toBe('nothing_to_do');
  expect(asked).toEqual([]);
  const [waiting] = await db.asSystem((tx) =>
    tx.select().from(priceChanges).where(eq(priceChanges.id, change.id)),
  );
  expect(waiting).toMatchObject({ state: 'pending', problem: null });
  expect(await row()).toMatchObject({ state: 'delisting' });
  await startPosting(ctx);
  expect(await perform()).toBe('delisted');
  const failures = await db.asSystem((tx) => tx.select().from(listings).where(eq(listings.state, 'failed')));
  expect(failures).toEqual([]);
  const open = await db.asSystem((tx) => tx.select().from(alerts).where(eq(alerts.resolved, false)));
  expect(open.every((alert) => alert.severity === 'info')).toBe(true);
});
