import { and, asc, desc, eq, isNull, like, lt, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type Act, int, NotThere, optionalNumber } from '../control/act';
import type { Ctx } from '../http';
import { html, type Markup } from '../pages';
import { seeded, snowflake } from '../random';
import { shopListings, shopOrders } from '../schema';
import type { Account, Control } from '../stand-in';
import type { World } from '../world';
import { buyerName, visitsBetween } from './shoppers';

export type ShopListing = typeof shopListings.$inferSelect;
export type ShopOrder = typeof shopOrders.$inferSelect;
type Tx = Parameters<Parameters<World['db']['transaction']>[0]>[0];

/** Simulated buyers come at most this often, in milliseconds. */
const STEP = 60_000;

/** What a seller says about a listing. `priceCents` is in minor units; `quantity` null is as many as wanted. */
export interface NewListing {
  id: string;
  title: string;
  priceCents: number;
  currency?: string;
  description?: string;
  quantity?: number | null;
  state?: ShopListing['state'];
  fields?: Record<string, unknown>;
  /** Whose it is, if not the account's that acts. */
  account?: Account;
}

/** Adds a listing to the shop of the account that acts. */
export async function addListing(
  world: World,
  c: Ctx,
  { account, ...listing }: NewListing,
): Promise<ShopListing> {
  const now = c.get('now');
  const [row] = await world.db
    .insert(shopListings)
    .values({
      ...listing,
      platform: c.get('realm'),
      accountId: (account ?? c.get('bearer').account).id,
      crowdUntil: await world.settings.crowdNow(),
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  if (!row) throw new Error('The listing was not stored');
  return row;
}

/** Returns a listing that is not deleted. */
export async function findListing(world: World, realm: string, id: string): Promise<ShopListing | undefined> {
  const [row] = await world.db
    .select()
    .from(shopListings)
    .where(and(eq(shopListings.id, id), eq(shopListings.platform, realm), isNull(shopListings.deletedAt)));
  return row;
}

/** Returns listings that are not deleted, newest first. */
export const listListings = (
  world: World,
  where: SQL | undefined,
  o: { limit: number; offset?: number },
): Promise<ShopListing[]> =>
  world.db
    .select()
    .from(shopListings)
    .where(and(where, isNull(shopListings.deletedAt)))
    .orderBy(desc(shopListings.createdAt), desc(shopListings.id))
    .limit(o.limit)
    .offset(o.offset ?? 0);

/** Changes a listing. One that is put up for sale gets visitors from now on. */
export async function changeListing(
  world: World,
  id: string,
  change: Partial<
    Pick<ShopListing, 'title' | 'description' | 'priceCents' | 'quantity' | 'state' | 'fields' | 'deletedAt'>
  >,
  now: Date,
): Promise<void> {
  await world.db
    .update(shopListings)
    .set({
      ...change,
      updatedAt: now,
      ...(change.state === 'active' ? { crowdUntil: await world.settings.crowdNow() } : {}),
    })
    .where(eq(shopListings.id, id));
}

/** Returns orders, newest first. */
export const listOrders = (
  world: World,
  where: SQL | undefined,
  o: { limit: number; offset?: number },
): Promise<ShopOrder[]> =>
  world.db
    .select()
    .from(shopOrders)
    .where(where)
    .orderBy(desc(shopOrders.createdAt), desc(shopOrders.id))
    .limit(o.limit)
    .offset(o.offset ?? 0);

/**
 * Records a purchase and reduces the stock, in the caller's transaction, which has locked the listing. Returns null if the listing is not
 * for sale or has too few in stock, or if the visit has already bought something.
 */
export async function sell(
  tx: Tx,
  listing: ShopListing,
  o: { at: Date; quantity?: number; buyerSeed: number; visit?: string },
): Promise<ShopOrder | null> {
  const { quantity = 1, at } = o;
  if (listing.state !== 'active' || listing.deletedAt) return null;
  if (listing.quantity !== null && listing.quantity < quantity) return null;
  const random = seeded(o.buyerSeed);
  const name = buyerName(random());
  const [order] = await tx
    .insert(shopOrders)
    .values({
      id: snowflake(at),
      platform: listing.platform,
      accountId: listing.accountId,
      listingId: listing.id,
      title: listing.title,
      quantity,
      cents: listing.priceCents * quantity,
      currency: listing.currency,
      buyerName: name,
      buyerEmail: `buyer${Math.floor(random() * 1_000_000)}@example.com`,
      createdAt: at,
      updatedAt: at,
      visit: o.visit ?? null,
    })
    .onConflictDoNothing()
    .returning();
  if (!order) return null;
  if (listing.quantity !== null) {
    listing.quantity -= quantity;
    await tx
      .update(shopListings)
      .set({ quantity: listing.quantity, updatedAt: at })
      .where(eq(shopListings.id, listing.id));
  }
  return order;
}

/** Gives money back: these cents, or all that is left. Returns null if there is no such order, or less is left. */
export async function refundOrder(world: World, id: string, cents?: number): Promise<ShopOrder | null> {
  const [row] = await world.db
    .update(shopOrders)
    .set({
      refundedCents: sql`${shopOrders.refundedCents} + ${cents ?? sql`${shopOrders.cents} - ${shopOrders.refundedCents}`}`,
      updatedAt: world.clock.now(),
    })
    .where(
      and(eq(shopOrders.id, id), sql`${shopOrders.cents} - ${shopOrders.refundedCents} >= ${cents ?? 1}`),
    )
    .returning();
  return row ?? null;
}

/**
 * Simulates the visitors of a platform's shops that are due by now. Call it before a shop's data is read, and with `until` in `passTime`:
 * what they do until that crowd time is then dated now.
 */
export async function letShoppersCome(world: World, id: string, until?: Date): Promise<void> {
  const { crowdAhead, seed } = await world.settings.get();
  const now = world.clock.now();
  const end = until ?? new Date(now.getTime() + crowdAhead);
  const due = await world.db
    .select({ id: shopListings.id })
    .from(shopListings)
    .where(
      and(
        or(eq(shopListings.platform, id), like(shopListings.platform, `${id}/%`)),
        eq(shopListings.state, 'active'),
        isNull(shopListings.deletedAt),
        lt(shopListings.crowdUntil, until ?? new Date(end.getTime() - STEP)),
      ),
    )
    .orderBy(asc(shopListings.id));
  for (const listing of due)
    await world.db.transaction(async (tx) => {
      const [row] = await tx.select().from(shopListings).where(eq(shopListings.id, listing.id)).for('update');
      if (!row || row.crowdUntil >= end) return;
      let views = 0;
      for (const visit of visitsBetween(row, row.crowdUntil, end, seed)) {
        views++;
        const at = until ? now : new Date(visit.at - crowdAhead);
        if (visit.buys) await sell(tx, row, { at, buyerSeed: visit.buyerSeed, visit: visit.key });
      }
      await tx
        .update(shopListings)
        .set({ crowdUntil: end, views: sql`${shopListings.views} + ${views}` })
        .where(eq(shopListings.id, row.id));
    });
}

/** Returns a platform's part of the control page: a buyer who comes now, and refunds. */
export function shopControl(id: string): Control {
  const ours = (column: typeof shopListings.platform | typeof shopOrders.platform) =>
    or(eq(column, id), like(column, `${id}/%`));
  return {
    section: async (world, action): Promise<Markup> => {
      const [listings, orders] = await Promise.all([
        listListings(world, ours(shopListings.platform), { limit: 50 }),
        listOrders(world, ours(shopOrders.platform), { limit: 20 }),
      ]);
      return html`<h2>${world.nameOf(id)}</h2>
${
  listings.length === 0
    ? html`<p>No listing exists yet.</p>`
    : html`<form method="post" action="${action(`/${id}/sale`)}"><div class="row"><div><label for="${id}-listing">Listing</label><select id="${id}-listing" name="listing">${listings.map((l) => html`<option value="${l.id}">${l.title} (${l.state})</option>`)}</select></div>
<div><label for="${id}-quantity">Quantity</label><input id="${id}-quantity" name="quantity" type="number" min="1" value="1"></div><button>Sell</button></div></form>`
}
${
  orders.length === 0
    ? ''
    : html`<form method="post" action="${action(`/${id}/refund`)}"><div class="row"><div><label for="${id}-order">Sale</label><select id="${id}-order" name="order">${orders.map((o) => html`<option value="${o.id}">${o.title}, ${o.buyerName}${o.refundedCents > 0 ? ' (refunded)' : ''}</option>`)}</select></div>
<div><label for="${id}-cents">Cents (empty: all)</label><input id="${id}-cents" name="cents" type="number" min="1"></div><button class="danger">Refund</button></div></form>`
}`;
    },
    actions: (act: Act, world: World) => {
      act(
        'POST',
        `/${id}/sale`,
        z.object({ listing: z.string(), quantity: int.min(1).max(999).default(1) }),
        async ({ listing, quantity }) => {
          const order = await world.db.transaction(async (tx) => {
            const [row] = await tx
              .select()
              .from(shopListings)
              .where(and(eq(shopListings.id, listing), ours(shopListings.platform)))
              .for('update');
            const at = world.clock.now();
            return row ? sell(tx, row, { at, quantity, buyerSeed: at.getTime() }) : null;
          });
          if (!order) throw new NotThere('The listing is not for sale, or has too few in stock.');
          return { order: order.id };
        },
      );
      act(
        'POST',
        `/${id}/refund`,
        z.object({ order: z.string(), cents: optionalNumber(int.min(1)) }),
        async ({ order, cents }) => {
          const row = await refundOrder(world, order, cents);
          if (!row) throw new NotThere('There is no such order, or less is left of it.');
          return { refundedCents: row.refundedCents };
        },
      );
    },
  };
}
