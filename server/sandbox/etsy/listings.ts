import { and, asc, count, desc, eq, inArray, isNull } from 'drizzle-orm';
import { truncateText } from '@/server/foundation/storable';
import { bodyFields, type Ctx, json, Refusal, str } from '../http';
import { accounts } from '../schema';
import { escaped } from '../shell/escape';
import type { World } from '../world';
import { bad, etsyError, gone } from './auth';
import { listingInput, priceOf, quantityOf } from './listing-input';
import { LISTING_FEE, type Listing, simulateDueVisits } from './sales';
import { showFile, showImage, showInventory, showListing } from './shapes';
import { ownShop, shopById, shopShown } from './shops';
import { etsyAssets, etsyLedger, etsyListings } from './tables';

type Account = typeof accounts.$inferSelect;
const FOUR_MONTHS = 120 * 86_400_000;

async function find(world: World, id: number): Promise<{ listing: Listing; shop: Account }> {
  const [row] = await world.db
    .select({ listing: etsyListings, shop: accounts })
    .from(etsyListings)
    .innerJoin(accounts, eq(accounts.id, etsyListings.shopId))
    .where(and(eq(etsyListings.id, Number.isSafeInteger(id) ? id : 0), isNull(etsyListings.deletedAt)));
  return row ?? gone('Listing');
}

/** Returns the listing in the path if it belongs to the caller's shop. */
async function own(world: World, c: Ctx): Promise<{ listing: Listing; shop: Account }> {
  const row = await find(world, Number(c.req.param('listing')));
  const shopParam = c.req.param('shop');
  if (shopParam !== undefined && shopParam !== row.shop.id) return gone('Listing');
  if (row.shop.parentId !== c.get('bearer').account.id)
    throw new Refusal(etsyError(403, 'The listing belongs to another shop'));
  return row;
}

export async function createDraft(world: World, c: Ctx): Promise<Response> {
  const shop = await ownShop(world, c);
  const input = listingInput(await bodyFields(c), true);
  const now = c.get('now');
  const { crowdAhead } = await world.settings.get();
  const [listing] = await world.db
    .insert(etsyListings)
    .values({
      shopId: shop.id,
      state: 'draft',
      title: input.title ?? '',
      description: input.description ?? '',
      priceCents: input.priceCents ?? 0,
      quantity: input.quantity ?? 1,
      fields: input.fields,
      crowdUntil: new Date(now.getTime() + crowdAhead),
      createdAt: now,
      updatedAt: now,
      stateAt: now,
      endsAt: new Date(now.getTime() + FOUR_MONTHS),
    })
    .returning();
  return listing ? json(showListing(world, listing, shop), 201) : etsyError(500, 'Server Error');
}

export async function updateListing(world: World, c: Ctx): Promise<Response> {
  const { shop } = await own(world, c);
  const input = listingInput(await bodyFields(c), false);
  await simulateDueVisits(world, shop.id);
  const now = c.get('now');
  const { crowdAhead } = await world.settings.get();
  const changed = await world.db.transaction(async (tx) => {
    const [listing] = await tx
      .select()
      .from(etsyListings)
      .where(eq(etsyListings.id, Number(c.req.param('listing'))))
      .for('update');
    if (!listing) return gone('Listing');
    const change: Partial<Listing> = {
      fields: { ...listing.fields, ...input.fields },
      updatedAt: now,
      ...(input.title === undefined ? {} : { title: input.title }),
      ...(input.description === undefined ? {} : { description: input.description }),
    };
    if (input.state && input.state !== listing.state) {
      if (input.state === 'active') {
        const [images] = await tx
          .select({ n: count() })
          .from(etsyAssets)
          .where(and(eq(etsyAssets.listingId, listing.id), eq(etsyAssets.kind, 'image')));
        if (!images?.n) bad('A listing must have at least one image before it can be active');
        if (listing.quantity < 1) bad('A listing must have at least one in stock before it can be active');
        // The fee covers four months. It is charged for a draft, for a sold-out listing, or once those months have passed. Pausing and
        // resuming is free.
        if (listing.state === 'draft' || listing.state === 'sold_out' || listing.endsAt <= now) {
          await tx.insert(etsyLedger).values({
            shopId: shop.id,
            amount: -LISTING_FEE,
            description: 'listing',
            ledgerType: 'listing',
            referenceType: 'listing',
            referenceId: String(listing.id),
            createdAt: now,
          });
          change.endsAt = new Date(now.getTime() + FOUR_MONTHS);
        }
        change.crowdUntil = new Date(now.getTime() + crowdAhead);
      } else if (listing.state === 'draft') bad('A draft cannot be made inactive');
      change.state = input.state;
      change.stateAt = now;
    }
    const [row] = await tx
      .update(etsyListings)
      .set(change)
      .where(eq(etsyListings.id, listing.id))
      .returning();
    return row ?? gone('Listing');
  });
  return json(showListing(world, changed, shop));
}

const INCLUDES = [
  'Shipping',
  'Images',
  'Shop',
  'User',
  'Translations',
  'Inventory',
  'Videos',
  'Personalization',
];

async function withAssociations(
  world: World,
  c: Ctx,
  l: Listing,
  shop: Account,
): Promise<Record<string, unknown>> {
  const asked = (c.req.queries('includes') ?? []).flatMap((v) => v.split(',')).filter(Boolean);
  const unknown = asked.find((v) => !INCLUDES.includes(v));
  if (unknown) bad(`includes has an unknown value: ${unknown}`);
  const out = showListing(world, l, shop);
  out.views = l.views;
  out.skus = l.sku ? [escaped(l.sku)] : [];
  if (asked.includes('Images'))
    out.images = (await assets(world, l.id, 'image')).map((a) => showImage(world, a));
  if (asked.includes('Inventory')) out.inventory = showInventory(l);
  if (asked.includes('Videos')) out.videos = [];
  if (asked.includes('Shop')) out.shop = await shopShown(world, shop);
  return out;
}

const assets = (world: World, listingId: number, kind: 'image' | 'file') =>
  world.db
    .select()
    .from(etsyAssets)
    .where(and(eq(etsyAssets.listingId, listingId), eq(etsyAssets.kind, kind)))
    .orderBy(asc(etsyAssets.rank), asc(etsyAssets.id));

export async function getListing(world: World, c: Ctx): Promise<Response> {
  const { shop } = await find(world, Number(c.req.param('listing')));
  await simulateDueVisits(world, shop.id);
  const { listing } = await find(world, Number(c.req.param('listing')));
  return json(await withAssociations(world, c, listing, shop));
}

export function pageOf(c: Ctx): { limit: number; offset: number } {
  const limit = Number(c.req.query('limit') ?? 25);
  const offset = Number(c.req.query('offset') ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) bad('limit must be between 1 and 100');
  if (!Number.isInteger(offset) || offset < 0) bad('offset must be 0 or more');
  return { limit, offset };
}

export async function getListingsByShop(world: World, c: Ctx, onlyActive = false): Promise<Response> {
  const shop = onlyActive ? await shopById(world, c.req.param('shop') ?? '') : await ownShop(world, c);
  await simulateDueVisits(world, shop.id);
  const state = onlyActive ? 'active' : (c.req.query('state') ?? 'active');
  const known = ['active', 'inactive', 'sold_out', 'draft', 'expired'] as const;
  const wanted = known.find((s) => s === state) ?? bad('state has an unknown value');
  const { limit, offset } = pageOf(c);
  const columns = {
    created: etsyListings.createdAt,
    price: etsyListings.priceCents,
    updated: etsyListings.updatedAt,
    score: etsyListings.views,
  };
  const column =
    columns[(c.req.query('sort_on') ?? 'created') as keyof typeof columns] ??
    bad('sort_on has an unknown value');
  const up = ['asc', 'ascending', 'up'].includes(c.req.query('sort_order') ?? 'desc');
  const where = and(
    eq(etsyListings.shopId, shop.id),
    eq(etsyListings.state, wanted),
    isNull(etsyListings.deletedAt),
  );
  const [total] = await world.db.select({ n: count() }).from(etsyListings).where(where);
  const rows = await world.db
    .select()
    .from(etsyListings)
    .where(where)
    .orderBy(up ? asc(column) : desc(column), up ? asc(etsyListings.id) : desc(etsyListings.id))
    .limit(limit)
    .offset(offset);
  return json({
    count: total?.n ?? 0,
    results: await Promise.all(rows.map((l) => withAssociations(world, c, l, shop))),
  });
}

export async function getListingsByIds(world: World, c: Ctx): Promise<Response> {
  const ids = (c.req.queries('listing_ids') ?? []).flatMap((v) => v.split(',')).map(Number);
  if (ids.length === 0 || ids.length > 100 || ids.some((id) => !Number.isSafeInteger(id) || id < 1))
    bad('listing_ids must be between 1 and 100 positive integers');
  await simulateDueVisits(world);
  const rows = await world.db
    .select({ listing: etsyListings, shop: accounts })
    .from(etsyListings)
    .innerJoin(accounts, eq(accounts.id, etsyListings.shopId))
    .where(and(inArray(etsyListings.id, ids), isNull(etsyListings.deletedAt)));
  return json({
    count: rows.length,
    results: await Promise.all(rows.map((r) => withAssociations(world, c, r.listing, r.shop))),
  });
}

export async function deleteListing(world: World, c: Ctx): Promise<Response> {
  const { listing } = await own(world, c);
  await world.db
    .update(etsyListings)
    .set({ deletedAt: c.get('now'), state: 'inactive' })
    .where(eq(etsyListings.id, listing.id));
  return new Response(null, { status: 204 });
}

export async function getInventory(world: World, c: Ctx): Promise<Response> {
  const { shop } = await own(world, c);
  await simulateDueVisits(world, shop.id);
  const { listing } = await own(world, c);
  return json({
    ...showInventory(listing),
    ...(c.req.query('includes') === 'Listing' ? { listing: showListing(world, listing, shop) } : {}),
  });
}

/** Replaces the inventory: price, stock and SKU. Listings have no variations here, so there is one product with one offering. */
export async function updateInventory(world: World, c: Ctx): Promise<Response> {
  const { listing, shop } = await own(world, c);
  // Visitors up to now saw the old price.
  await simulateDueVisits(world, shop.id);
  const { products } = await bodyFields(c);
  const [product, more] = Array.isArray(products) ? (products as Record<string, unknown>[]) : [];
  if (!product || more)
    return etsyError(400, 'products must have exactly one product for a listing without variations');
  const offerings = product.offerings;
  const [offering, another] = Array.isArray(offerings) ? (offerings as Record<string, unknown>[]) : [];
  if (!offering || another) return etsyError(400, 'A product must have exactly one offering');
  for (const name of ['price', 'quantity', 'is_enabled'])
    if (offering[name] === undefined) bad(`offerings: the parameter ${name} is missing`);
  if (!('readiness_state_id' in offering)) bad('offerings: the parameter readiness_state_id is missing');
  const priceCents = priceOf(offering.price);
  const quantity = quantityOf(offering.quantity);
  const now = c.get('now');
  const [changed] = await world.db
    .update(etsyListings)
    .set({
      priceCents,
      quantity,
      ...(product.sku === undefined ? {} : { sku: str(product.sku) ?? '' }),
      ...(listing.state === 'sold_out'
        ? { state: 'active' as const, stateAt: now, crowdUntil: await world.settings.crowdNow() }
        : {}),
      updatedAt: now,
    })
    .where(eq(etsyListings.id, listing.id))
    .returning();
  return changed ? json(showInventory(changed)) : gone('Listing');
}

function imageType(bytes: Uint8Array): string | null {
  const hex = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (hex.startsWith('ffd8ff')) return 'image/jpeg';
  if (hex === '89504e47') return 'image/png';
  return hex === '47494638' ? 'image/gif' : null;
}

async function addAsset(world: World, c: Ctx, kind: 'image' | 'file') {
  const { listing } = await own(world, c);
  let form: FormData;
  try {
    form = await c.req.raw.formData();
  } catch {
    return bad('The body must be multipart/form-data');
  }
  const part = form.get(kind);
  if (!(part instanceof File)) return bad(`The request is missing the file ${kind}`);
  const bytes = new Uint8Array(await part.arrayBuffer());
  const limit = kind === 'image' ? 10_485_760 : 20_971_520;
  if (bytes.length === 0 || bytes.length > limit) return bad(`The ${kind} is empty or too large`);
  const type = kind === 'image' ? imageType(bytes) : part.type || 'application/octet-stream';
  if (!type) return bad('The image must be a JPEG, PNG or GIF');
  const name = String(form.get('name') ?? part.name ?? kind);
  if (kind === 'file' && name.length > 70) bad('The name of the file has more than 70 characters');
  const there = await assets(world, listing.id, kind);
  if (there.length >= (kind === 'image' ? 20 : 5)) bad(`The listing has as many ${kind}s as it can`);
  const rank = Number(form.get('rank') ?? there.length + 1);
  const [asset] = await world.db
    .insert(etsyAssets)
    .values({
      listingId: listing.id,
      kind,
      rank: Number.isInteger(rank) && rank >= 0 ? rank : 1,
      name,
      contentType: type,
      altText: truncateText(String(form.get('alt_text') ?? ''), 500),
      bytes: bytes.length,
      content: Buffer.from(bytes).toString('base64'),
      createdAt: c.get('now'),
    })
    .returning();
  return asset ?? bad(`The ${kind} was not stored`);
}

export const uploadImage = async (world: World, c: Ctx) =>
  json(showImage(world, await addAsset(world, c, 'image')), 201);
export const uploadFile = async (world: World, c: Ctx) =>
  json(showFile(await addAsset(world, c, 'file')), 201);

export async function listImages(world: World, c: Ctx): Promise<Response> {
  const { listing } = await find(world, Number(c.req.param('listing')));
  const rows = await assets(world, listing.id, 'image');
  return json({ count: rows.length, results: rows.map((a) => showImage(world, a)) });
}

export async function listFiles(world: World, c: Ctx): Promise<Response> {
  const { listing } = await own(world, c);
  const rows = await assets(world, listing.id, 'file');
  return json({ count: rows.length, results: rows.map(showFile) });
}
