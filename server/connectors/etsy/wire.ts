import { z } from 'zod';
import { decodeHtml } from '../kit/html-text';
import { count, epoch, htmlText, remoteId, wire } from '../kit/wire';

/*
 * Etsy escapes what people typed (titles, descriptions, names) as HTML: https://github.com/etsy/open-api/issues/446. Every such text is
 * decoded here (`htmlText`), and nowhere else.
 */

/** `amount / divisor` of a currency: 1234/100 USD is $12.34. */
export const etsyMoney = wire({
  amount: z.number().int(),
  divisor: z.number().int().positive(),
  currency_code: z.string().regex(/^[A-Z]{3}$/),
});
export type EtsyMoney = z.output<typeof etsyMoney>;

export const self = wire({ user_id: remoteId, shop_id: remoteId });
export const shop = wire({
  shop_id: remoteId,
  shop_name: z.string().min(1).transform(decodeHtml),
  currency_code: z.string().optional(),
  url: z.string().optional(),
});

const offering = wire({
  quantity: z.number().int(),
  is_enabled: z.boolean(),
  is_deleted: z.boolean().optional(),
  price: etsyMoney,
  readiness_state_id: z.number().int().nullish(),
});
const propertyValue = wire({
  property_id: z.number().int(),
  property_name: htmlText.nullish(),
  scale_id: z.number().int().nullish(),
  value_ids: z.array(z.number().int()).nullish(),
  values: z.array(htmlText).nullish(),
});
export const inventory = wire({
  products: z.array(
    wire({
      sku: htmlText.nullish(),
      is_deleted: z.boolean().optional(),
      offerings: z.array(offering),
      property_values: z.array(propertyValue).nullish(),
    }),
  ),
  price_on_property: z.array(z.number().int()).nullish(),
  quantity_on_property: z.array(z.number().int()).nullish(),
  sku_on_property: z.array(z.number().int()).nullish(),
});
export type Inventory = z.output<typeof inventory>;

export const listing = wire({
  listing_id: remoteId,
  state: z.string(),
  title: htmlText,
  description: htmlText.optional(),
  url: z.string().optional(),
  created_timestamp: epoch.nullish(),
  price: etsyMoney,
  views: count.nullish(),
  inventory: inventory.nullish(),
  skus: z.array(htmlText).nullish(),
});
export type Listing = z.output<typeof listing>;
export const listings = wire({ count: z.number().int(), results: z.array(listing) });

export const images = wire({
  count: z.number().int(),
  results: z.array(wire({ listing_image_id: remoteId })),
});
export const image = wire({ listing_image_id: remoteId });
export const files = wire({
  count: z.number().int(),
  results: z.array(wire({ listing_file_id: remoteId, filename: htmlText.optional() })),
});
export const file = wire({ listing_file_id: remoteId });

const transaction = wire({
  transaction_id: remoteId,
  title: htmlText.nullish(),
  quantity: count,
  listing_id: z.number().int().nullish(),
  price: etsyMoney,
  shop_coupon: z.number().nonnegative().nullish(),
  paid_timestamp: epoch.nullish(),
  created_timestamp: epoch,
});
const refund = wire({
  amount: etsyMoney,
  created_timestamp: epoch,
  status: z.string().nullish(),
});
export const receipt = wire({
  receipt_id: remoteId,
  is_paid: z.boolean(),
  status: z.string().optional(),
  created_timestamp: epoch,
  updated_timestamp: epoch,
  transactions: z.array(transaction),
  refunds: z.array(refund).nullish(),
});
export type Receipt = z.output<typeof receipt>;
export const receipts = wire({ count: z.number().int(), results: z.array(receipt) });

export const ledgerEntry = wire({
  entry_id: remoteId,
  amount: z.number().int(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  description: htmlText.optional(),
  ledger_type: z.string().nullish(),
  reference_type: z.string().nullish(),
  reference_id: z.union([z.string(), z.number()]).nullish(),
  parent_entry_id: z.number().int().nullish(),
  created_timestamp: epoch,
});
export type LedgerEntry = z.output<typeof ledgerEntry>;
export const ledgerEntries = wire({ count: z.number().int(), results: z.array(ledgerEntry) });

export const payments = wire({
  results: z.array(wire({ payment_id: remoteId, receipt_id: remoteId })),
});

/** What an error says to programs. The words of every format of an error are read by the host. */
export const errorBody = wire({ error: z.string().optional().catch(undefined) });
