import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type Act, flag, int, NotThere, optionalNumber } from '../control/act';
import { html, type Markup } from '../pages';
import { accounts } from '../schema';
import type { World } from '../world';
import { addLedgerEntry, payOutBalance, postedOf, postPayment, recordSale, refund } from './sales';
import { etsyListings, etsyReceipts } from './tables';

/** Renders what buyers and Etsy do on a person's request. */
export async function etsySection(world: World, action: (path: string) => string): Promise<Markup> {
  const [listings, receipts, shops] = await Promise.all([
    world.db
      .select()
      .from(etsyListings)
      .where(isNull(etsyListings.deletedAt))
      .orderBy(desc(etsyListings.id))
      .limit(50),
    world.db.select().from(etsyReceipts).orderBy(desc(etsyReceipts.id)).limit(20),
    world.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, 'etsy'), eq(accounts.kind, 'shop'))),
  ]);
  return html`<h2>Etsy</h2>
${
  listings.length === 0
    ? html`<p>No listing exists yet.</p>`
    : html`<form method="post" action="${action('/etsy/sale')}"><fieldset><legend>A buyer comes now</legend><div class="fields">
<div><label for="s-listing">Listing</label><select id="s-listing" name="listing">${listings.map((l) => html`<option value="${l.id}">${l.title} (${l.state.replace('_', ' ')})</option>`)}</select></div>
<div><label for="s-quantity">Quantity</label><input id="s-quantity" name="quantity" type="number" min="1" value="1"></div>
<div><label for="s-views">Views</label><input id="s-views" name="views" type="number" min="1" value="100"></div>
</div><div class="actions"><button>Sell</button><button class="plain" name="unposted" value="true">Sell, to be shipped later</button><button class="plain" formaction="${action('/etsy/views')}">Add views without sales</button></div></fieldset></form>`
}
${
  receipts.length === 0
    ? ''
    : html`<form method="post" action="${action('/etsy/refund')}"><div class="row"><div><label for="r-receipt">Sale</label><select id="r-receipt" name="receipt">${receipts.map((r) => html`<option value="${r.id}">${r.id}: ${r.title}, ${r.buyerName}${r.refundedCents > 0 ? ' (refunded)' : ''}</option>`)}</select></div>
<div><label for="r-cents">Cents (empty: all)</label><input id="r-cents" name="cents" type="number" min="1"></div><button class="danger">Refund</button><button class="plain" formaction="${action('/etsy/post')}">Ship</button></div></form>`
}
<form method="post" action="${action('/etsy/payout')}"><div class="row"><div><label for="p-shop">Shop</label><select id="p-shop" name="shop">${shops.map((s) => html`<option>${s.handle}</option>`)}</select></div><button class="plain">Pay out the balance</button></div></form>`;
}

/** Adds what buyers do in a shop, and what Etsy does with the money. */
export function etsyActions(act: Act, world: World): void {
  act(
    'POST',
    '/etsy/sale',
    z.object({
      listing: int,
      quantity: int.min(1).max(999).default(1),
      shippingCents: optionalNumber(int.min(0)),
      giftWrapCents: optionalNumber(int.min(0)),
      discountCents: optionalNumber(int.min(0)),
      taxCents: optionalNumber(int.min(0)),
      vatCents: optionalNumber(int.min(0)),
      /** Currency of the payment account and its rate to the shop's currency. */
      paidIn: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .optional(),
      rate: z.coerce.number().positive().max(1000).default(1),
      /** Nothing is shipped, so that Etsy credits nothing yet. */
      unposted: flag.default(false),
    }),
    async ({ listing, quantity, paidIn, rate, unposted, ...parts }) => {
      const receipt = await world.db.transaction(async (tx) => {
        const [row] = await tx.select().from(etsyListings).where(eq(etsyListings.id, listing)).for('update');
        return row && !row.deletedAt
          ? recordSale(tx, row, {
              quantity,
              at: world.clock.now(),
              buyerSeed: listing + row.quantity,
              unposted,
              ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
              ...(paidIn ? { settledIn: { currency: paidIn, rate } } : {}),
            })
          : null;
      });
      if (!receipt) throw new NotThere('The listing is not active, or has too few in stock.');
      return { receiptId: receipt.id };
    },
  );
  act(
    'POST',
    '/etsy/views',
    z.object({ listing: int, views: int.min(1).max(1_000_000) }),
    async ({ listing, views }) => {
      const [row] = await world.db
        .update(etsyListings)
        .set({ views: sql`${etsyListings.views} + ${views}` })
        .where(and(eq(etsyListings.id, listing), isNull(etsyListings.deletedAt)))
        .returning({ views: etsyListings.views });
      if (!row) throw new NotThere('There is no such listing.');
      return { views: row.views };
    },
  );
  act(
    'POST',
    '/etsy/refund',
    z.object({
      receipt: int,
      cents: optionalNumber(int.min(1)),
      /** Changes the receipt's time of modification, which Etsy does not always do. */
      touched: flag.default(false),
    }),
    async ({ receipt, cents, touched }) => {
      const row = await refund(world, receipt, cents, { touched });
      if (!row) throw new NotThere('There is no such receipt, or it is refunded already.');
      return { refundedCents: row.refundedCents };
    },
  );
  act('POST', '/etsy/post', z.object({ receipt: int }), async ({ receipt }) => {
    const row = await postPayment(world, receipt);
    if (!row) throw new NotThere('There is no such receipt, or nothing is left to credit.');
    return { postedCents: postedOf(row) };
  });
  act('POST', '/etsy/payout', z.object({ shop: z.string() }), async ({ shop }) => {
    const [row] = await world.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, 'etsy'), eq(accounts.handle, shop)));
    if (!row) throw new NotThere('There is no such shop.');
    return { cents: await payOutBalance(world, row.id) };
  });

  act(
    'POST',
    '/etsy/ledger-entry',
    z.object({
      shop: z.string(),
      amount: int,
      currency: z.string().default('USD'),
      ledgerType: z.string(),
      referenceType: z.string().optional(),
      referenceId: z.string().optional(),
      /** Fields to show instead of the vendor's. */
      shown: z.record(z.string(), z.unknown()).optional(),
    }),
    async ({ shop, referenceType, referenceId, shown, ...entry }) => {
      const [row] = await world.db
        .select()
        .from(accounts)
        .where(and(eq(accounts.platform, 'etsy'), eq(accounts.handle, shop)));
      if (!row) throw new NotThere('There is no such shop.');
      return {
        entryId: await addLedgerEntry(world, row.id, {
          ...entry,
          ...(referenceType ? { referenceType } : {}),
          ...(referenceId ? { referenceId } : {}),
          ...(shown ? { shown } : {}),
        }),
      };
    },
  );
}
