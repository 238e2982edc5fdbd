import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, connections, files, listings, products } from '@/db/schema';
import { ConnectorFault, type ListInput } from '@/server/connectors/kit/types';
import type { ManualClock } from '@/server/foundation/clock';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { LoadedFont } from '@/server/foundation/typesetting/loaded-font';
import type { Platforms } from '@/server/verbs/platforms';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { calling } from '@/tests/support/platforms';
import { SCRIPT_SAMPLES } from '@/tests/support/script-samples';
import { removeUnused } from '../files/remove-unused';
import { saveFile } from '../files/save-file';
import { once, saveMedia } from '../files/save-media';
import { samplePng } from '../files/testing';
import { archiveProduct } from '../products/archive-product';
import { createProduct } from '../products/create-product';
import { listProducts } from '../products/queries';
import { updateProduct } from '../products/update-product';
import { stuckListings } from '../sales/due';
import { makeShop, type Shop } from '../sales/testing';
import { requestDelist, retryListing } from './change-listing';
import { coverImage, coverSvg } from './cover';
import { performListing } from './perform-listing';
import { drawPicture } from './pictures';
import { getListing } from './queries';
import { requestListing } from './request-listing';

let db: Db;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-listings-'));
  process.env.TRIBUTARY_DATA_DIR = folder;
  resetEnv();
  db = await freshDb();
});
afterAll(async () => {
  await db.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});

async function* pdf(): AsyncIterable<Uint8Array> {
  yield Buffer.from('%PDF-1.7 a planner');
}
const product = {
  title: 'Weekly planner',
  description: 'A printable planner.',
  tags: ['planner'],
  price: 1200,
  floor: 800,
  currency: 'USD',
};
type Ready = Shop & { newProduct: string; picture: string };
async function start(): Promise<Ready> {
  const shop = await makeShop(db);
  const file = await saveFile({ ctx: shop.ctx, input: { name: 'planner.pdf', content: pdf() } });
  const created = await createProduct(shop.ctx, { ...product, fileId: file.id });
  const { fileId } = await drawPicture(shop.ctx, { productId: created.id });
  return { ...shop, newProduct: created.id, picture: fileId };
}
const request = (shop: Ready) =>
  requestListing(shop.ctx, {
    productId: shop.newProduct,
    connectionId: shop.connectionId,
    pictureId: shop.picture,
  });
const port = (list: (input: ListInput) => Promise<{ remoteId: string; url: string }>): Platforms =>
  calling(async (r: { capability: string; input: ListInput }) =>
    r.capability === 'list' ? list(r.input) : { delisted: true },
  );
const perform = (shop: Shop, listingId: string, call: Platforms) =>
  performListing({ ctx: { ...shop.ctx, platforms: call }, input: { listingId } });
const good = async (input: ListInput) => {
  await input.onDraft('77');
  return { remoteId: '77', url: 'https://example.test/77' };
};

describe('listings', () => {
  it('lists a product with its file and the chosen title card, once', async () => {
    const shop = await start();
    const listing = await request(shop);
    expect((await request(shop)).id).toBe(listing.id);
    expect(shop.sent.filter((s) => s.name === 'selling/listing.requested')).toHaveLength(1);
    let seen: ListInput | undefined;
    let calls = 0;
    const call = port(async (input) => {
      calls++;
      seen = input;
      return good(input);
    });
    expect(await perform(shop, listing.id, call)).toBe('active');
    expect(await perform(shop, listing.id, call)).toBe('nothing_to_do');
    expect(calls).toBe(1);
    expect(Buffer.from(seen?.file.bytes ?? []).toString()).toBe('%PDF-1.7 a planner');
    expect([...(seen?.image.bytes.subarray(0, 4) ?? [])]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(seen).toMatchObject({ price: { amount: 1200, currency: 'USD' }, marker: listing.id });
    expect(await getListing(shop.ctx, { id: listing.id })).toMatchObject({
      state: 'active',
      url: 'https://example.test/77',
      remoteId: '77',
    });
  });

  it('is sent as the product was when requested, and an edit reports which shops keep that content', async () => {
    const shop = await start();
    const listing = await request(shop);
    const { ctx } = shop;
    const other = once(Buffer.from('%PDF-1.7 another planner'));
    const file = await saveFile({ ctx, input: { name: 'daily.pdf', content: other } });
    const edited = { ...product, title: 'Daily planner', tags: ['daily'], price: 1500, fileId: file.id };
    const before = await updateProduct(ctx, { ...edited, id: shop.newProduct, version: 1 });
    let seen: ListInput | undefined;
    const call = port(async (input) => {
      seen = input;
      return good(input);
    });
    expect(await perform(shop, listing.id, call)).toBe('active');
    expect(seen).toMatchObject({ title: 'Weekly planner', tags: ['planner'], price: { amount: 1200 } });
    const parts = ['title', 'tags', 'file'];
    expect(before.behind).toMatchObject([{ listingId: listing.id, parts }]);
    const shown = () => getListing(ctx, { id: listing.id });
    expect(await shown()).toMatchObject({ sent: { title: 'Weekly planner' }, behind: parts, price: 1200 });
    const input = {
      ...product,
      id: shop.newProduct,
      version: 2,
      fileId: seen ? (await shown()).sent?.fileId : null,
    };
    expect((await updateProduct(ctx, input)).behind).toEqual([]);
    expect((await shown()).behind).toEqual([]);
  });

  it('sends the current product when retrying a listing that failed before anything was created', async () => {
    const shop = await start();
    const { ctx } = shop;
    const listing = await request(shop);
    const refuse = port(async () => {
      throw new ConnectorFault('rejected', plain('The title is taken.'));
    });
    expect(await perform(shop, listing.id, refuse)).toBe('failed');
    const { sent, version } = await getListing(ctx, { id: listing.id });
    const edited = { ...product, title: 'Another title', fileId: sent?.fileId ?? null };
    await updateProduct(ctx, { ...edited, id: shop.newProduct, version: 1 });
    await retryListing(ctx, { id: listing.id, version });
    let title = '';
    await perform(
      shop,
      listing.id,
      port(async (input) => {
        title = input.title;
        return good(input);
      }),
    );
    expect(title).toBe('Another title');
  });

  const refusing = port(async () => {
    throw new ConnectorFault('rejected', plain('The shop does not want this.'));
  });
  const failedListing = async () => {
    const shop = await start();
    const { id } = await request(shop);
    expect(await perform(shop, id, refusing)).toBe('failed');
    const shown = () => getListing(shop.ctx, { id });
    const { version, sent } = await shown();
    const edit = (changes: object, seen = 1) =>
      updateProduct(shop.ctx, {
        ...product,
        fileId: sent?.fileId ?? null,
        ...changes,
        id: shop.newProduct,
        version: seen,
      });
    return {
      ...shop,
      id,
      version,
      shown,
      edit,
      retry: () => retryListing(shop.ctx, { id, version }),
    };
  };

  it('is not retried without a file, but is once the file is back', async () => {
    const shop = await failedListing();
    await shop.edit({ fileId: null });
    await expect(shop.retry()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/needs a file/),
    });
    expect(await shop.shown()).toMatchObject({ state: 'failed', version: shop.version });
    await shop.edit({}, 2);
    await shop.retry();
    expect(await perform(shop, shop.id, port(good))).toBe('active');
  });

  it('fails with a message when its stored content has no file, and can be retried', async () => {
    const shop = await failedListing();
    await shop.retry();
    await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
      tx
        .update(listings)
        .set({ sent: { title: 'a', description: 'a', tags: [], fileId: null } })
        .where(eq(listings.id, shop.id)),
    );
    expect(await perform(shop, shop.id, port(good))).toBe('failed');
    const { problem, version } = await shop.shown();
    expect(problem).toSay(/needs a file/);
    await retryListing(shop.ctx, { id: shop.id, version });
    expect(await perform(shop, shop.id, port(good))).toBe('active');
  });

  it('is not retried at a price below the current lowest price', async () => {
    const shop = await failedListing();
    await shop.edit({ price: 2000, floor: 1900 });
    await expect(shop.retry()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/\$12\.00.*below the product’s lowest price/),
    });
    await shop.edit({}, 2);
    expect(await shop.retry()).toMatchObject({ state: 'pending' });
  });

  it.each<[Partial<typeof connections.$inferInsert>, RegExp]>([
    [{ status: 'needs_reconnect' }, /^Reconnect .* first/],
    [{ remote: { currency: 'EUR' } }, /sells in EUR/],
  ])('is not retried on a connection with %j', async (set, words) => {
    const shop = await failedListing();
    await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
      tx.update(connections).set(set).where(eq(connections.id, shop.connectionId)),
    );
    await expect(shop.retry()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(words),
    });
  });

  it('reports outdated parts only where the shop has the listing or will get it', async () => {
    const shop = await failedListing();
    const { newProduct } = shop;
    await shop.edit({ title: 'Daily planner' });
    expect((await shop.shown()).behind).toEqual([]);
    const set = (values: Partial<typeof listings.$inferInsert>) =>
      db.asWorkspace(shop.ctx.workspaceId, (tx) =>
        tx.update(listings).set(values).where(eq(listings.productId, newProduct)),
      );
    // A draft exists, so a retry continues with it.
    await set({ remoteId: '77' });
    expect((await shop.shown()).behind).toEqual(['title']);
    for (const state of ['active', 'pending', 'listing', 'unknown'] as const) {
      await set({ state });
      expect((await shop.shown()).behind, state).toEqual(['title']);
    }
    for (const state of ['delisting', 'delisted'] as const) {
      await set({ state });
      expect((await shop.shown()).behind, state).toEqual([]);
    }
  });

  it.each(['listing', 'delisting'] as const)(
    '%s: sends nothing once another run has claimed the row',
    async (state) => {
      const shop = await start();
      const listing = await request(shop);
      if (state === 'delisting') {
        await perform(shop, listing.id, port(good));
        const { version } = await getListing(shop.ctx, { id: listing.id });
        await requestDelist(shop.ctx, { id: listing.id, version });
      }
      let calls = 0;
      const call: Platforms = calling(async () => {
        calls++;
        return state === 'listing' ? { remoteId: '77', url: 'https://example.test/77' } : { delisted: true };
      });
      // Right after the claim, this process is paused for longer than its lease, and another run claims the row.
      let transactions = 0;
      const slow: Db = {
        ...db,
        asWorkspace: async (id, work) => {
          const answer = await db.asWorkspace(id, work);
          const [row] = await db.asSystem((tx) =>
            tx.select().from(listings).where(eq(listings.id, listing.id)),
          );
          if (row?.state === state && row.leaseUntil && transactions++ === 0) {
            (shop.ctx.clock as ManualClock).advance(20_000);
            await db.asSystem((tx) =>
              tx
                .update(listings)
                .set({ version: row.version + 1 })
                .where(eq(listings.id, listing.id)),
            );
          }
          return answer;
        },
      };
      const ctx = { ...shop.ctx, db: slow };
      expect(
        await performListing({ ctx: { ...ctx, platforms: call }, input: { listingId: listing.id } }),
      ).toBe('nothing_to_do');
      expect(transactions).toBeGreaterThan(0);
      expect(calls).toBe(0);
    },
  );

  it('is taken down by only one run at a time', async () => {
    const shop = await start();
    const listing = await request(shop);
    await perform(shop, listing.id, port(good));
    const { version } = await getListing(shop.ctx, { id: listing.id });
    await requestDelist(shop.ctx, { id: listing.id, version });
    let calls = 0;
    let beside: string | undefined;
    const call: Platforms = calling(async () => {
      calls++;
      beside ??= await perform(shop, listing.id, call);
      return { delisted: true };
    });
    expect(await perform(shop, listing.id, call)).toBe('delisted');
    expect(beside).toBe('nothing_to_do');
    expect(calls).toBe(1);
  });

  it('sends the chosen picture, even if the product’s title has changed since', async () => {
    const shop = await start();
    const chosen = samplePng(40, 40, [200, 10, 10]);
    const own = await saveMedia({ ctx: shop.ctx, input: { name: 'own.png', content: once(chosen) } });
    const listing = await requestListing(shop.ctx, {
      productId: shop.newProduct,
      connectionId: shop.connectionId,
      pictureId: own.id,
    });
    expect(listing.pictureId).toBe(own.id);
    await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
      tx.update(products).set({ title: 'Another title' }).where(eq(products.id, shop.newProduct)),
    );
    const sent: Buffer[] = [];
    const failing = port(async (input) => {
      sent.push(Buffer.from(input.image.bytes));
      throw new ConnectorFault('transient', plain('The shop is busy.'));
    });
    await expect(perform(shop, listing.id, failing)).rejects.toThrow('busy');
    const refusing = port(async (input) => {
      sent.push(Buffer.from(input.image.bytes));
      throw new ConnectorFault('rejected', plain('The shop does not want this.'));
    });
    expect(await perform(shop, listing.id, refusing)).toBe('failed');
    const failed = await getListing(shop.ctx, { id: listing.id });
    await retryListing(shop.ctx, { id: failed.id, version: failed.version });
    const taking = port(async (input) => {
      sent.push(Buffer.from(input.image.bytes));
      return good(input);
    });
    expect(await perform(shop, listing.id, taking)).toBe('active');
    expect(sent).toHaveLength(3);
    for (const bytes of sent) expect(bytes.equals(chosen)).toBe(true);
  });

  it('requires a picture of the workspace in a format that shops accept', async () => {
    const shop = await start();
    const ask = (pictureId: string | undefined) =>
      requestListing(shop.ctx, {
        productId: shop.newProduct,
        connectionId: shop.connectionId,
        pictureId: pictureId as string,
      });
    await expect(ask(undefined)).rejects.toMatchObject({
      code: 'invalid',
      fields: { pictureId: { fact: expect.any(String) } },
    });
    await expect(ask(newId('file'))).rejects.toMatchObject({ code: 'not_found' });
    const other = await start();
    await expect(ask(other.picture)).rejects.toMatchObject({ code: 'not_found' });
    const [document] = await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
      tx.select().from(files).where(eq(files.name, 'planner.pdf')),
    );
    await expect(ask(document?.id)).rejects.toMatchObject({ code: 'invalid' });
    expect(shop.sent).toEqual([]);
  });

  it('sends nothing for a row without a picture', async () => {
    const shop = await start();
    const listing = await request(shop);
    await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
      tx.update(listings).set({ pictureId: null }).where(eq(listings.id, listing.id)),
    );
    const never = port(async () => {
      throw new Error('something was sent');
    });
    expect(await perform(shop, listing.id, never)).toBe('failed');
    expect((await getListing(shop.ctx, { id: listing.id })).problem).toSay(/picture/);
  });

  it('protects its picture from the clean-up', async () => {
    const shop = await start();
    const clock = shop.ctx.clock as ManualClock;
    const listing = await request(shop);
    const unused = await saveMedia({
      ctx: shop.ctx,
      input: { name: 'other.png', content: once(samplePng(20, 20)) },
    });
    await removeUnused({ db, clock });
    clock.advance(8 * 24 * 3_600_000);
    await removeUnused({ db, clock });
    const left = await db.asWorkspace(shop.ctx.workspaceId, (tx) => tx.select({ id: files.id }).from(files));
    expect(left.map((f) => f.id)).toContain(shop.picture);
    expect(left.map((f) => f.id)).not.toContain(unused.id);
    expect(await perform(shop, listing.id, port(good))).toBe('active');
  });

  it('continues from the draft after a crash', async () => {
    const shop = await start();
    const listing = await request(shop);
    // A crashed process runs no handler, so the row stays as the draft left it.
    let died: () => void = () => {};
    const death = new Promise<void>((resolve) => {
      died = resolve;
    });
    void perform(
      shop,
      listing.id,
      port(async (input) => {
        await input.onDraft('88');
        died();
        return new Promise<never>(() => {});
      }),
    );
    await death;
    const later = port(async (input) => {
      expect(input.resume).toBe('88');
      return { remoteId: '88', url: 'https://example.test/88' };
    });
    expect(await perform(shop, listing.id, later)).toBe('nothing_to_do');
    (shop.ctx.clock as ManualClock).advance(11 * 60_000);
    expect(await stuckListings(db, shop.ctx.clock)).toContainEqual({
      workspaceId: shop.ctx.workspaceId,
      listingId: listing.id,
    });
    expect(await perform(shop, listing.id, later)).toBe('active');
  });

  it('is requested again if it was requested while the clock was ahead', async () => {
    const shop = await start();
    const clock = shop.ctx.clock as ManualClock;
    clock.advance(86_400_000);
    const listing = await request(shop);
    expect((await stuckListings(db, clock)).some((one) => one.listingId === listing.id)).toBe(false);
    clock.advance(-86_400_000);
    expect((await stuckListings(db, clock)).some((one) => one.listingId === listing.id)).toBe(true);
  });

  it('is retried with the same marker after an unknown outcome or a temporary fault', async () => {
    const shop = await start();
    const listing = await request(shop);
    for (const kind of ['unknown_outcome', 'transient', 'rate_limited'] as const) {
      const call = port(async () => {
        throw new ConnectorFault(kind, plain('Etsy did not answer.'));
      });
      await expect(perform(shop, listing.id, call)).rejects.toMatchObject({ kind });
      expect(await getListing(shop.ctx, { id: listing.id })).toMatchObject({
        state: 'pending',
        problem: 'Etsy did not answer.',
      });
    }
    const markers: string[] = [];
    const call = port(async (input) => {
      markers.push(input.marker);
      return good(input);
    });
    expect(await perform(shop, listing.id, call)).toBe('active');
    expect(markers).toEqual([listing.id]);
  });

  it('stops immediately when another run has taken over', async () => {
    const shop = await start();
    const listing = await request(shop);
    const call = port(async (input) => {
      await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
        tx.update(listings).set({ version: 50 }).where(eq(listings.id, listing.id)),
      );
      return good(input);
    });
    expect(await perform(shop, listing.id, call)).toBe('nothing_to_do');
    expect((await getListing(shop.ctx, { id: listing.id })).remoteId).toBeNull();
  });

  it('raises an alert about a refusal, and can be retried and taken down', async () => {
    const shop = await start();
    const listing = await request(shop);
    const refuse = port(async () => {
      throw new ConnectorFault('rejected', plain('Etsy did not accept the title.'));
    });
    expect(await perform(shop, listing.id, refuse)).toBe('failed');
    const failed = await getListing(shop.ctx, { id: listing.id });
    expect(failed).toMatchObject({ state: 'failed', problem: 'Etsy did not accept the title.' });
    const open = () =>
      db.asWorkspace(shop.ctx.workspaceId, (tx) =>
        tx.select().from(alerts).where(eq(alerts.resolved, false)),
      );
    expect(await open()).toHaveLength(1);
    await retryListing(shop.ctx, failed);
    await expect(retryListing(shop.ctx, failed)).rejects.toMatchObject({ code: 'conflict' });
    expect(await perform(shop, listing.id, port(good))).toBe('active');
    expect(await open()).toHaveLength(0);
    const active = await getListing(shop.ctx, { id: listing.id });
    await requestDelist(shop.ctx, active);
    expect(await perform(shop, listing.id, port(good))).toBe('delisted');
    // It can be listed again.
    expect((await request(shop)).id).not.toBe(listing.id);
  });

  it('refuses a product without a file, a price below the floor, and another workspace’s product or connection', async () => {
    const shop = await start();
    const bare = await createProduct(shop.ctx, { ...product, title: 'No file' });
    const list = (input: Partial<Parameters<typeof requestListing>[1]>) =>
      requestListing(shop.ctx, {
        productId: shop.newProduct,
        connectionId: shop.connectionId,
        pictureId: shop.picture,
        ...input,
      });
    await expect(list({ productId: bare.id })).rejects.toThrow('needs a file');
    await expect(list({ price: 700 })).rejects.toThrow('below this product’s lowest price');
    await expect(list({ price: '7.00' })).rejects.toThrow('below this product’s lowest price');
    await expect(list({ price: '12.000' })).rejects.toMatchObject({
      fields: { price: expect.objectContaining({ fact: 'validation.amount.ambiguous' }) },
    });
    const other = await makeShop(db);
    await expect(list({ connectionId: other.connectionId })).rejects.toMatchObject({ code: 'not_found' });
    await expect(list({ productId: other.productId })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('products', () => {
  it('enforce the plan’s limit, even for concurrent requests', async () => {
    const shop = await makeShop(db, { plan: 'free' });
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => createProduct(shop.ctx, product)),
    );
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(2);
    expect(results.filter((r) => r.status === 'rejected').map((r) => r.reason.code)).toEqual([
      'limit_reached',
      'limit_reached',
    ]);
    expect(await listProducts(shop.ctx, { archived: false, limit: 25 })).toMatchObject({
      used: 3,
      allowed: 3,
    });
  });

  it('have the prices that were typed, by the decimals of their currency', async () => {
    const shop = await makeShop(db);
    const create = (currency: string, price: string, floor: string) =>
      createProduct(shop.ctx, { ...product, price, floor, currency });
    expect(await create('RSD', '1200', '1.000,00')).toMatchObject({ price: 120_000, floor: 100_000 });
    expect(await create('HUF', '1200', '1200')).toMatchObject({ price: 120_000, floor: 120_000 });
    expect(await create('JPY', '1,200', '900')).toMatchObject({ price: 1200, floor: 900 });
    expect(await create('IQD', '25000', '20000')).toMatchObject({ price: 25_000_000, floor: 20_000_000 });
    const dinars = await create('KWD', '1.500', '١٫٢٥');
    expect(dinars).toMatchObject({ price: 1500, floor: 1250 });
    // A price of a currency with small units has room.
    expect(await create('IRR', '60 000 000', '5.000.000')).toMatchObject({ price: 6_000_000_000 });
    const { id, version } = dinars;
    const change = { ...product, id, version, currency: 'KWD', price: '1.750', floor: '1.250' };
    expect(await updateProduct(shop.ctx, change)).toMatchObject({ price: 1750, floor: 1250 });
    await expect(create('RSD', '1.200', '12,345,67')).rejects.toMatchObject({
      code: 'invalid',
      fields: {
        price:
          'This can mean 1200.00 or 1.20. Leave out the separator of thousands, and put a point before decimals.',
        floor: 'Enter an amount such as 12.34.',
      },
    });
  });

  it('refuse a floor above the price, a stale version, and archiving while listed', async () => {
    const shop = await start();
    const create = (over: object) => createProduct(shop.ctx, { ...product, ...over });
    await expect(create({ floor: 1201 })).rejects.toMatchObject({
      code: 'invalid',
      fields: { floor: 'The lowest price cannot be above the price.' },
    });
    await expect(create({ price: 12.5 })).rejects.toThrow();
    await expect(create({ currency: 'XYZ' })).rejects.toThrow();
    const created = await create({});
    const saved = await updateProduct(shop.ctx, { ...product, id: created.id, version: 1, title: 'Better' });
    expect(saved).toMatchObject({ title: 'Better', version: 2 });
    await expect(updateProduct(shop.ctx, { ...product, id: created.id, version: 1 })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(archiveProduct(shop.ctx, { id: shop.productId, version: 1 })).rejects.toThrow(
      'still listed',
    );
    await archiveProduct(shop.ctx, { id: created.id, version: 2 });
    const found = await listProducts(shop.ctx, { archived: true, limit: 25, search: 'bett' });
    expect(found.items.map((p) => p.id)).toEqual([created.id]);
  });

  it('are found in any case, with or without accents', async () => {
    const shop = await start();
    const { id } = await createProduct(shop.ctx, { ...product, title: 'Carnet d’été 100%' });
    for (const search of ['ETE', 'e\u0301te\u0301', 'Été', '100%']) {
      const found = await listProducts(shop.ctx, { archived: false, limit: 25, search });
      expect(found.items.map((p) => p.id)).toEqual([id]);
    }
    expect((await listProducts(shop.ctx, { archived: false, limit: 25, search: '1_0' })).items).toEqual([]);
  });
});

const card = (title: string, locale = 'en') => ({ title, kind: 'digital', locale });
const outlinesOf = async (title: string, locale?: string) =>
  [...(await coverSvg(card(title, locale))).matchAll(/ d="([^"]+)"/g)].map(([, path]) => path);

it('draws the same cover for the same product, in any script', async () => {
  expect(await coverSvg(card('Weekly planner'))).toBe(await coverSvg(card('Weekly planner')));
  expect((await coverImage(card('مخطط أسبوعي'))).bytes.length).toBeGreaterThan(1000);
});

it('says on a cover what the catalogue says, in the language of the user', async () => {
  // Its made-up language puts a bracket before and after each message.
  expect((await outlinesOf('', 'en-XA')).length).toBe((await outlinesOf('', 'en')).length + 2);
});

it('draws the cover of a product again without setting its text', async () => {
  const shape = vi.spyOn(LoadedFont.prototype, 'shape');
  const first = await coverImage(card('Monthly planner'));
  const calls = shape.mock.calls.length;
  expect(calls).toBeGreaterThan(0);
  expect(await coverImage(card('Monthly planner'))).toBe(first);
  expect(shape.mock.calls.length).toBe(calls);
  expect(await coverImage(card('Monthly planner', 'en-XA'))).not.toBe(first);
  shape.mockRestore();
});

it('keeps only the covers drawn last', async () => {
  const first = await coverImage(card('Planner'));
  for (let i = 0; i < 16; i++) await coverImage(card(`Planner ${i}`));
  expect(await coverImage(card('Planner'))).not.toBe(first);
});

it.each(Object.entries(SCRIPT_SAMPLES))('draws every character of a title in %s', async (_, title) => {
  const empty = await outlinesOf('');
  // A letter in the Latin script would be drawn from the same outlines as the line above the title.
  const letters = [...new Set(title)].filter((one) => /[\p{L}\p{Sc}\p{So}]/u.test(one));
  expect((await outlinesOf(title)).length - empty.length).toBeGreaterThanOrEqual(Math.min(3, letters.length));
  const { bytes } = await coverImage(card(title));
  expect(Buffer.from(bytes).equals(Buffer.from((await coverImage(card(''))).bytes))).toBe(false);
});

it('draws a very long title completely, in a smaller size', async () => {
  const word = 'Wochenplaner';
  const svg = await coverSvg(card(Array(20).fill(word).join(' ')));
  const outlines = (svg.match(/<path/g) ?? []).length;
  expect(outlines).toBeGreaterThanOrEqual(20 * word.length);
  for (const [, y = ''] of svg.matchAll(/<g fill="[^"]+" transform="translate\([\d.]+ ([\d.]+)\)/g))
    expect(Number(y)).toBeLessThan(850);
});
