import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Ctx, json, Refusal } from '../http';
import { accounts } from '../schema';
import type { World } from '../world';
import { etsyError, gone } from './auth';
import { showShop } from './shapes';
import { etsyListings, etsyReceipts } from './tables';

type Account = typeof accounts.$inferSelect;

export async function shopById(world: World, id: string): Promise<Account> {
  const [shop] = await world.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.id, id), eq(accounts.platform, 'etsy'), eq(accounts.kind, 'shop')));
  return shop ?? gone('Shop');
}

/** Returns the shop in the path if it belongs to the caller. */
export async function ownShop(world: World, c: Ctx): Promise<Account> {
  const shop = await shopById(world, c.req.param('shop') ?? '');
  if (shop.parentId !== c.get('bearer').account.id)
    throw new Refusal(etsyError(403, 'The shop belongs to another user'));
  return shop;
}

async function shopOf(world: World, userId: string): Promise<Account> {
  const [shop] = await world.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.parentId, userId), eq(accounts.kind, 'shop')));
  return shop ?? gone('Shop');
}

/** Formats a shop with its counts. */
export async function shopShown(world: World, shop: Account): Promise<Record<string, unknown>> {
  const [listed] = await world.db
    .select({
      active: sql<string>`count(*)`,
      digital: sql<string>`count(*) filter (where ${etsyListings.fields}->>'listing_type' = 'download')`,
    })
    .from(etsyListings)
    .where(
      and(eq(etsyListings.shopId, shop.id), eq(etsyListings.state, 'active'), isNull(etsyListings.deletedAt)),
    );
  const [sold] = await world.db
    .select({ n: sql<string>`coalesce(sum(${etsyReceipts.quantity}), 0)` })
    .from(etsyReceipts)
    .where(eq(etsyReceipts.shopId, shop.id));
  return showShop(world, shop, {
    active: Number(listed?.active ?? 0),
    digital: Number(listed?.digital ?? 0),
    sold: Number(sold?.n ?? 0),
  });
}

export async function getMe(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const shop = await shopOf(world, account.id);
  return json({ user_id: Number(account.id), shop_id: Number(shop.id) });
}

export async function getUser(_world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  if (c.req.param('user') !== account.id) return etsyError(403, 'You can only read your own user');
  const [first = '', ...rest] = account.name.split(' ');
  return json({
    user_id: Number(account.id),
    primary_email: `${account.handle}@example.com`,
    first_name: first,
    last_name: rest.join(' '),
    image_url_75x75: null,
  });
}

export const getShop = async (world: World, c: Ctx): Promise<Response> =>
  json(await shopShown(world, await shopById(world, c.req.param('shop') ?? '')));
export const getShopOfUser = async (world: World, c: Ctx): Promise<Response> =>
  json(await shopShown(world, await shopOf(world, c.req.param('user') ?? '')));
