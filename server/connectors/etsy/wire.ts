import { z } from 'zod';
import { decodeHtml } from '../kit/html-text';
import { op } from '../kit/op';
import {
  anything,
  count,
  currencyCode,
  epoch,
  htmlText,
  looseEpoch,
  looseText,
  orNull,
  remoteId,
  wholeNumber,
  wire,
} from '../kit/wire';

/*
 * Etsy escapes what people typed (titles, descriptions, names) as HTML: https://github.com/etsy/open-api/issues/446. Every such text is
 * decoded here (`htmlText`), and nowhere else.
 */

/** `amount / divisor` of a currency: 1234/100 USD is $12.34. */
export const etsyMoney = wire({
  amount: wholeNumber,
  divisor: wholeNumber.refine((value) => value > 0),
  currency_code: currencyCode,
});
export type EtsyMoney = z.output<typeof etsyMoney>;

const APP = '/v3/application';
const SHOP = `${APP}/shops/{shop}` as const;
const LISTING = `${APP}/listings/{id}` as const;

const self = wire({ user_id: remoteId, shop_id: remoteId });
export const getMe = op.get('getMe', `${APP}/users/me`, self);
const shop = wire({
  shop_id: remoteId,
  shop_name: z.string().min(1).transform(decodeHtml),
  currency_code: z.string().optional(),
  url: z.string().optional(),
});
export const getShop = op.get('getShop', SHOP, shop);

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
const inventory = wire({
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
const INVENTORY = `${LISTING}/inventory` as const;
export const getInventory = op.get('getListingInventory', INVENTORY, inventory);
export const putInventory = op.put('updateListingInventory', INVENTORY, inventory);

const listing = wire({
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
const listings = wire({ count: z.number().int(), results: z.array(listing) });
const SHOP_LISTING = `${SHOP}/listings/{id}` as const;
export const listListings = op.get('getListingsByShop', `${SHOP}/listings`, listings);
export const getListings = op.get('getListingsByListingIds', `${APP}/listings/batch`, listings);
export const getListing = op.get('getListing', LISTING, listing);
export const createListing = op.post('createDraftListing', `${SHOP}/listings`, listing);
export const patchListing = op.patch('updateListing', SHOP_LISTING, listing);
export const deleteListing = op.delete('deleteListing', LISTING, anything);

const howMany = wire({ count: z.number().int() });
export const listImages = op.get('getListingImages', `${LISTING}/images`, howMany);
const image = wire({ listing_image_id: remoteId });
export const uploadImage = op.again('uploadListingImage', `${SHOP_LISTING}/images`, image, {
  timeoutMs: 60_000,
});
export const listFiles = op.get('getAllListingFiles', `${SHOP_LISTING}/files`, howMany);
const file = wire({ listing_file_id: remoteId });
export const uploadFile = op.again('uploadListingFile', `${SHOP_LISTING}/files`, file, {
  timeoutMs: 120_000,
});

const transaction = wire({
  transaction_id: remoteId,
  title: htmlText.nullish(),
  quantity: count,
  listing_id: z.number().int().nullish(),
  price: etsyMoney,
  shipping_cost: etsyMoney.nullish(),
  shop_coupon: z.number().nonnegative().nullish(),
  paid_timestamp: epoch.nullish(),
  created_timestamp: epoch,
});
export const receipt = wire({
  receipt_id: remoteId,
  is_paid: z.boolean(),
  status: z.string().nullish(),
  created_timestamp: epoch,
  updated_timestamp: epoch,
  transactions: z.array(transaction),
  grandtotal: etsyMoney.nullish(),
  subtotal: etsyMoney.nullish(),
  total_price: etsyMoney.nullish(),
  total_shipping_cost: etsyMoney.nullish(),
  total_tax_cost: etsyMoney.nullish(),
  total_vat_cost: etsyMoney.nullish(),
  discount_amt: etsyMoney.nullish(),
  gift_wrap_price: etsyMoney.nullish(),
  refunds: orNull(z.array(wire({ amount: etsyMoney, status: orNull(z.string()) }))),
});
export type Receipt = z.output<typeof receipt>;
/** What of a receipt tells whether it was cancelled. */
const receiptState = receipt.pick({ status: true, grandtotal: true, refunds: true });

/** A list of which each item is read on its own, so that one odd item does not lose the others. */
const items = wire({
  count: orNull(z.number().int().nonnegative()),
  results: z.array(z.unknown()),
});
const RECEIPT = `${SHOP}/receipts/{id}` as const;
const LEDGER = `${SHOP}/payment-account/ledger-entries` as const;
export const listReceipts = op.get('getShopReceipts', `${SHOP}/receipts`, items);
export const getReceipt = op.get('getShopReceipt', RECEIPT, receiptState);
export const listLedger = op.get('getShopPaymentAccountLedgerEntries', LEDGER, items);
export const getPayments = op.get('getPayments', `${SHOP}/payments`, items);
export const getReceiptPayments = op.get('getShopPaymentByReceiptId', `${RECEIPT}/payments`, items);
export const getEntryPayments = op.get('getPaymentAccountLedgerEntryPayments', `${LEDGER}/payments`, items);

export const ledgerEntry = wire({
  entry_id: remoteId,
  amount: wholeNumber,
  currency: currencyCode,
  description: looseText.transform((text) => (text == null ? text : decodeHtml(text))),
  ledger_type: looseText,
  reference_type: looseText,
  reference_id: looseText,
  parent_entry_id: looseText,
  created_timestamp: looseEpoch,
  create_date: looseEpoch,
  payment_adjustments: orNull(
    z.array(
      wire({
        payment_adjustment_id: orNull(remoteId),
        payment_id: orNull(remoteId),
      }),
    ),
  ),
});
export type LedgerEntry = z.output<typeof ledgerEntry>;

export const payment = wire({
  payment_id: remoteId,
  receipt_id: remoteId,
  /** Currency of the amounts. Their own `currency_code` and `divisor` are the buyer's: see `paymentMoney`. */
  currency: orNull(currencyCode),
  amount_gross: orNull(etsyMoney),
  posted_gross: orNull(etsyMoney),
  adjusted_gross: orNull(etsyMoney),
  update_timestamp: looseEpoch,
  updated_timestamp: looseEpoch,
  payment_adjustments: orNull(
    z.array(
      wire({
        payment_adjustment_id: remoteId,
        is_success: orNull(z.boolean()),
        total_adjustment_amount: orNull(wholeNumber),
      }),
    ),
  ),
});
export type Payment = z.output<typeof payment>;

/** What an error says to programs. The words of every format of an error are read by the host. */
export const errorBody = wire({ error: z.string().optional().catch(undefined) });
