import { type Fact, fact, verbatim } from '@/server/foundation/facts';
import { currencyDigits, type Money, money, parseMoney, toDecimal } from '@/server/foundation/money';
import { capitalize } from '@/server/foundation/storable';
import type { RemoteFee, RemoteRefund, RemoteSale } from '../kit/types';
import type { EtsyMoney, Inventory, LedgerEntry, Receipt } from './wire';

/** Converts Etsy's fraction to minor units exactly. Throws RangeError if the result is not a whole number. */
export function fromEtsyMoney({ amount, divisor, currency_code }: EtsyMoney): Money {
  const scaled = BigInt(amount) * 10n ** BigInt(currencyDigits(currency_code));
  const by = BigInt(divisor);
  if (scaled % by !== 0n) throw new RangeError(`${amount}/${divisor} ${currency_code} is not a whole amount`);
  return money(Number(scaled / by), currency_code);
}

/** Converts a price to the number in whole units that the API expects. At most 3 decimals survive a double exactly. */
export const toEtsyPrice = (price: Money): number => Number(toDecimal(price));

/** Returns the lowest price that a buyer can choose, or null if nothing is offered. */
export function lowestPrice(inventory: Inventory): Money | null {
  const prices = offerings(inventory).map((o) => fromEtsyMoney(o.price));
  return prices.reduce<Money | null>((low, p) => (low === null || p.amount < low.amount ? p : low), null);
}
const offerings = (inventory: Inventory) =>
  inventory.products.filter((p) => !p.is_deleted).flatMap((p) => p.offerings.filter((o) => !o.is_deleted));

/** Builds the request that updates an inventory: everything unchanged except the price and, if given, the SKU and stock. */
export function inventoryBody(
  inventory: Inventory,
  change: { price: Money; sku?: string; quantity?: number },
): Record<string, unknown> {
  return {
    products: inventory.products
      .filter((product) => !product.is_deleted)
      .map((product) => ({
        sku: change.sku ?? product.sku ?? '',
        property_values: (product.property_values ?? []).map((value) => ({
          property_id: value.property_id,
          value_ids: value.value_ids ?? [],
          values: value.values ?? [],
          ...(value.scale_id == null ? {} : { scale_id: value.scale_id }),
          ...(value.property_name == null ? {} : { property_name: value.property_name }),
        })),
        offerings: product.offerings
          .filter((offering) => !offering.is_deleted)
          .map((offering) => ({
            price: toEtsyPrice(change.price),
            quantity: change.quantity ?? offering.quantity,
            is_enabled: offering.is_enabled,
            readiness_state_id: offering.readiness_state_id ?? null,
          })),
      })),
    price_on_property: inventory.price_on_property ?? [],
    quantity_on_property: inventory.quantity_on_property ?? [],
    sku_on_property: inventory.sku_on_property ?? [],
  };
}

/** Returns the sales of a paid receipt: one per item, at the price paid without tax and postage. */
export function salesOf(receipt: Receipt): RemoteSale[] {
  if (!receipt.is_paid) return [];
  return receipt.transactions.map((t) => {
    const unit = fromEtsyMoney(t.price);
    const coupon = t.shop_coupon
      ? parseMoney(t.shop_coupon.toFixed(currencyDigits(unit.currency)), unit.currency).amount
      : 0;
    return {
      remoteId: t.transaction_id,
      remoteOrderId: receipt.receipt_id,
      listingRemoteId: t.listing_id ? String(t.listing_id) : null,
      title: t.title ?? 'Untitled',
      quantity: t.quantity,
      gross: money(unit.amount * t.quantity - coupon, unit.currency),
      soldAt: t.paid_timestamp ?? t.created_timestamp,
    };
  });
}

export type Entry =
  | { kind: 'fee'; fee: RemoteFee; paymentId: string | null }
  | {
      kind: 'refund';
      refund: Omit<RemoteRefund, 'remoteOrderId'>;
      paymentId: string | null;
      receiptId: string | null;
    }
  | { kind: 'other' };

const IGNORED_TYPES = /^(payment|payment_gross|disburse|deposit|recoup|reserve|sales_tax|buyer_tax)/i;
const FEE_KINDS = [
  [/processing_fee/i, 'processing'],
  [/^(transaction|shipping_transaction)/i, 'transaction'],
  [/^renew/i, 'renewal'],
  [/^listing/i, 'listing'],
  [/ads|prolist|promoted/i, 'advertising'],
  [/vat|gst|tax/i, 'tax'],
] as const;

/**
 * Classifies a line of the shop's payment account. Amounts are in the currency's minor units. What Etsy charges is negative there and
 * positive here; a fee that Etsy returns is negative here.
 */
export function readEntry(entry: LedgerEntry): Entry {
  const type = entry.ledger_type ?? entry.description ?? '';
  const reference = entry.reference_id == null ? null : String(entry.reference_id);
  const at = /payment/i.test(entry.reference_type ?? '') ? reference : null;
  const receiptId = /receipt/i.test(entry.reference_type ?? '') ? reference : null;
  if (/^refund(_gross)?$/i.test(type))
    return entry.amount < 0
      ? {
          kind: 'refund',
          paymentId: at,
          receiptId,
          refund: {
            remoteId: entry.entry_id,
            amount: money(-entry.amount, entry.currency),
            refundedAt: entry.created_timestamp,
          },
        }
      : { kind: 'other' };
  if (entry.amount === 0 || (IGNORED_TYPES.test(type) && !/fee/i.test(type))) return { kind: 'other' };
  const sale = /^transaction$/i.test(entry.reference_type ?? '') ? reference : null;
  return {
    kind: 'fee',
    paymentId: at,
    fee: {
      remoteId: entry.entry_id,
      remoteOrderId: receiptId,
      remoteSaleId: sale,
      kind: kindOf(type),
      amount: money(-entry.amount, entry.currency),
      chargedAt: entry.created_timestamp,
    },
  };
}

function kindOf(type: string): Fact {
  const known = FEE_KINDS.find(([pattern]) => pattern.test(type));
  if (known) return fact(`platforms.etsy.fees.${known[1]}`);
  const words = type.toLowerCase().replaceAll('_', ' ').trim();
  if (words === '') return fact('platforms.etsy.fees.other');
  const name = capitalize(words);
  return /fee/.test(words) ? verbatim(name) : fact('platforms.etsy.fees.namedFee', { name });
}

/** How far a sync has read: the times of the newest receipt and the newest ledger entry seen, in Unix seconds. */
export interface Cursor {
  receipts: number;
  ledger: number;
}
export function readCursor(text: string | null, since: Date): Cursor {
  const from = Math.max(EPOCH_FLOOR, Math.floor(since.getTime() / 1000));
  const match = /^r(\d+)\.l(\d+)$/.exec(text ?? '');
  return match ? { receipts: Number(match[1]), ledger: Number(match[2]) } : { receipts: from, ledger: from };
}
export const writeCursor = (cursor: Cursor): string => `r${cursor.receipts}.l${cursor.ledger}`;
/** The earliest time that the API accepts, in Unix seconds. */
export const EPOCH_FLOOR = 946_684_800;
