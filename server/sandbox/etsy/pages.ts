import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Hono } from 'hono';
import type { Ctx, SandboxEnv } from '../http';
import { html, nothing, page } from '../pages';
import { accounts } from '../schema';
import type { World } from '../world';
import { simulateDueVisits } from './sales';
import { etsyAssets, etsyListings, etsyReceipts } from './tables';

const STATE_WORDS: Record<string, string> = {
  active: 'For sale',
  draft: 'Draft',
  inactive: 'Not for sale',
  sold_out: 'Sold out',
  expired: 'Expired',
};
const usd = (cents: number) => `$${(cents / 100).toFixed(2)}`;

/** Adds the public pages: shops, listings and their pictures. */
export function etsyPages(app: Hono<SandboxEnv>, world: World): void {
  app.get('/etsy/shop/:handle', (c) => shopPage(world, c));
  app.get('/etsy/listing/:id', (c) => listingPage(world, c));
  app.get('/etsy/image/:id', async (c) => {
    const [row] = await world.db
      .select()
      .from(etsyAssets)
      .where(and(eq(etsyAssets.id, number(c)), eq(etsyAssets.kind, 'image')));
    if (!row) return nothing(world, 'etsy');
    return new Response(Buffer.from(row.content, 'base64'), {
      headers: {
        'content-type': row.contentType,
        'cache-control': 'private, max-age=3600',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      },
    });
  });
}

const number = (c: Ctx): number => {
  const value = Number(c.req.param('id'));
  return Number.isSafeInteger(value) ? value : 0;
};

async function shopPage(world: World, c: Ctx): Promise<Response> {
  const [shop] = await world.db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.platform, 'etsy'),
        eq(accounts.handle, c.req.param('handle') ?? ''),
        eq(accounts.kind, 'shop'),
      ),
    );
  if (!shop) return nothing(world, 'etsy');
  await simulateDueVisits(world, shop.id);
  const rows = await world.db
    .select()
    .from(etsyListings)
    .where(
      and(eq(etsyListings.shopId, shop.id), eq(etsyListings.state, 'active'), isNull(etsyListings.deletedAt)),
    )
    .orderBy(desc(etsyListings.createdAt));
  const sold = await soldCounts(world, shop.id);
  const pictures = await firstPictures(
    world,
    rows.map((l) => l.id),
  );
  return page(
    world,
    { title: shop.name, platform: 'etsy', wide: true },
    html`<p>${shop.about}</p><p class="muted">${[...sold.values()].reduce((a, b) => a + b, 0).toLocaleString('en-US')} sold</p>
<h2>Listings</h2>${
      rows.length === 0
        ? html`<p>Nothing is for sale yet.</p>`
        : html`<ul class="grid">${rows.map(
            (l) =>
              html`<li><div class="card">${pictures.has(l.id) ? html`<img class="product" src="${world.base}/etsy/image/${pictures.get(l.id)}" alt="">` : ''}<h3><a href="${world.base}/etsy/listing/${l.id}">${l.title}</a></h3><p class="price">${usd(l.priceCents)}</p><p class="muted small">${sold.get(l.id) ?? 0} sold · ${l.quantity} left · ${l.views} views</p></div></li>`,
          )}</ul>`
    }`,
  );
}

/** Returns the first picture of each listing that has one. */
async function firstPictures(world: World, listings: number[]): Promise<Map<number, number>> {
  const rows = await world.db
    .select({ id: etsyAssets.id, listing: etsyAssets.listingId })
    .from(etsyAssets)
    .where(and(inArray(etsyAssets.listingId, listings), eq(etsyAssets.kind, 'image')))
    .orderBy(desc(etsyAssets.rank), desc(etsyAssets.id));
  return new Map(rows.map((r) => [r.listing, r.id]));
}

async function soldCounts(world: World, shopId: string): Promise<Map<number, number>> {
  const rows = await world.db
    .select({ id: etsyReceipts.listingId, n: sql<string>`sum(${etsyReceipts.quantity})` })
    .from(etsyReceipts)
    .where(eq(etsyReceipts.shopId, shopId))
    .groupBy(etsyReceipts.listingId);
  return new Map(rows.map((r) => [r.id, Number(r.n)]));
}

async function listingPage(world: World, c: Ctx): Promise<Response> {
  const where = and(eq(etsyListings.id, number(c)), isNull(etsyListings.deletedAt));
  const [before] = await world.db.select().from(etsyListings).where(where);
  if (before) await simulateDueVisits(world, before.shopId);
  const [row] = await world.db
    .select({ listing: etsyListings, shop: accounts })
    .from(etsyListings)
    .innerJoin(accounts, eq(accounts.id, etsyListings.shopId))
    .where(where);
  if (!row) return nothing(world, 'etsy');
  const { listing, shop } = row;
  const images = await world.db
    .select({ id: etsyAssets.id, alt: etsyAssets.altText })
    .from(etsyAssets)
    .where(and(eq(etsyAssets.listingId, listing.id), eq(etsyAssets.kind, 'image')))
    .orderBy(asc(etsyAssets.rank));
  const sold = (await soldCounts(world, shop.id)).get(listing.id) ?? 0;
  return page(
    world,
    { title: listing.title, platform: 'etsy', wide: true },
    html`<div class="sheet"><div>${images.map((i) => html`<img class="product" src="${world.base}/etsy/image/${i.id}" alt="${i.alt || `Picture of ${listing.title}`}">`)}</div>
<div><p class="price">${usd(listing.priceCents)}</p>
<p><span class="badge ${listing.state === 'active' ? 'good' : ''}">${STATE_WORDS[listing.state] ?? listing.state}</span></p>
<dl><dt>Sold</dt><dd>${sold}</dd><dt>In stock</dt><dd>${listing.quantity.toLocaleString('en-US')}</dd><dt>Views</dt><dd>${listing.views.toLocaleString('en-US')}</dd><dt>Favourites</dt><dd>${listing.favorers}</dd><dt>Shop</dt><dd><a href="${world.base}/etsy/shop/${shop.handle}">${shop.name}</a></dd></dl>
<h2>Description</h2><p class="text">${listing.description}</p></div></div>`,
  );
}
