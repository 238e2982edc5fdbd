import { allocate } from '@/server/foundation/allocate';
import { type Fact, fact, verbatim } from '@/server/foundation/facts';
import { currencyDigits, type Money, money, parseMoney, toDecimal } from '@/server/foundation/money';
import { capitalize } from '@/server/foundation/storable';
import type {
  RemoteFee,
  RemotePayment,
  RemoteRefund,
  RemoteSale,
  RemoteTax,
  RemoteTransfer,
} from '../kit/types';
import type { EtsyMoney, Inventory, LedgerEntry, Payment, Receipt } from './wire';

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

/** What a receipt consists of, in minor units of its currency. */
interface ReceiptParts {
  /** The items of each transaction at list price, and the discount on it. */
  items: { list: number; discount: number }[];
  /** Gift wrapping, as far as it is added to the prices. */
  extras: number;
  shipping: number;
  /** Tax added to the prices. Tax that the prices include is not separated. */
  tax: number;
  /** What the receipt's total exceeds its parts by: 0, unless Etsy's figures do not add up. */
  unexplained: number;
}

/**
 * Divides a receipt's total into its parts. Etsy's contract defines the total as the prices less coupons plus tax and shipping; whether VAT
 * and gift wrapping are added or included depends on the sale, so that the combination that adds up decides. Throws RangeError for amounts
 * in different currencies.
 */
function partsOf(receipt: Receipt, currency: string): ReceiptParts {
  const read = (value: EtsyMoney | null | undefined): number | null => {
    if (!value) return null;
    const { amount, currency: other } = fromEtsyMoney(value);
    if (other !== currency && amount !== 0) throw new RangeError(`${other} in a receipt in ${currency}`);
    return amount;
  };
  const lists = receipt.transactions.map((t) => (read(t.price) ?? 0) * t.quantity);
  const coupons = receipt.transactions.map((t) =>
    t.shop_coupon ? parseMoney(t.shop_coupon.toFixed(currencyDigits(currency)), currency).amount : 0,
  );
  const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);
  const list = sum(lists);
  const totalPrice = read(receipt.total_price) ?? list;
  const subtotal = read(receipt.subtotal);
  const named = read(receipt.discount_amt);
  const discount =
    subtotal !== null && subtotal <= totalPrice ? totalPrice - subtotal : (named ?? sum(coupons));
  const discounts = sum(coupons) === discount ? coupons : allocate(discount, lists);
  const items = lists.map((amount, i) => ({ list: amount, discount: discounts[i] ?? 0 }));
  const shipping = read(receipt.total_shipping_cost) ?? 0;
  const wrapping = read(receipt.gift_wrap_price) ?? 0;
  const salesTax = read(receipt.total_tax_cost) ?? 0;
  const vat = read(receipt.total_vat_cost) ?? 0;
  const total = read(receipt.grandtotal);
  const added = (extras: number, tax: number) => ({
    items,
    extras,
    shipping,
    tax,
    unexplained: total === null ? 0 : total - (list - discount + extras + shipping + tax),
  });
  const ways = [
    added(wrapping, salesTax + vat),
    added(0, salesTax + vat),
    added(wrapping, salesTax),
    added(0, salesTax),
  ];
  return ways.find((way) => way.unexplained === 0) ?? ways[0] ?? added(0, 0);
}

/** Returns by how much a paid receipt's total differs from the sum of its parts, in minor units; 0 if it adds up. */
export function unexplainedOf(receipt: Receipt): number {
  const [first] = receipt.transactions;
  return receipt.is_paid && first ? partsOf(receipt, first.price.currency_code).unexplained : 0;
}

/**
 * Returns the sales of a paid receipt: one per item, at the price paid for it, with its share of shipping and tax. Etsy credits them by a
 * payment of its own. Throws RangeError for amounts that are not whole or in several currencies.
 */
export function salesOf(receipt: Receipt): RemoteSale[] {
  const [first] = receipt.transactions;
  if (!receipt.is_paid || !first) return [];
  const currency = first.price.currency_code;
  const { items, extras, shipping, tax } = partsOf(receipt, currency);
  const paid = items.map((item) => item.list - item.discount);
  const own = receipt.transactions.map((t) => (t.shipping_cost ? fromEtsyMoney(t.shipping_cost).amount : 0));
  const shippings = own.reduce((a, b) => a + b, 0) === shipping ? own : allocate(shipping, paid);
  const taxes = allocate(tax, paid);
  const wrappings = allocate(extras, paid);
  return receipt.transactions.map((t, i) => ({
    remoteId: t.transaction_id,
    remoteOrderId: receipt.receipt_id,
    listingRemoteId: t.listing_id ? String(t.listing_id) : null,
    title: t.title ?? 'Untitled',
    quantity: t.quantity,
    gross: money((paid[i] ?? 0) + (wrappings[i] ?? 0), currency),
    parts: { discount: items[i]?.discount ?? 0, shipping: shippings[i] ?? 0, tax: taxes[i] ?? 0 },
    credited: 'separately' as const,
    soldAt: t.paid_timestamp ?? t.created_timestamp,
  }));
}

/**
 * Converts an amount of a payment. Etsy labels it with the buyer's currency and divisor although it is in the minor units of the payment's
 * own currency (https://github.com/etsy/open-api/issues/564), so where the two differ, the label does not count.
 */
export const paymentMoney = ({ currency }: Payment, amount: EtsyMoney): Money =>
  currency && currency !== amount.currency_code ? money(amount.amount, currency) : fromEtsyMoney(amount);

/**
 * Returns what was given back before Etsy credited a payment, or null if nothing was. Etsy reduces the payment by it, so that the ledger has
 * no line for it. `now` is the time of a payment without one.
 */
export function unpostedRefund(payment: Payment, now: Date): RemoteRefund | null {
  const { amount_gross, posted_gross } = payment;
  if (!amount_gross || !posted_gross) return null;
  const gross = paymentMoney(payment, amount_gross);
  const posted = paymentMoney(payment, posted_gross);
  if (gross.currency !== posted.currency || posted.amount >= gross.amount) return null;
  return {
    remoteId: `unposted:${payment.payment_id}`,
    remoteOrderId: payment.receipt_id,
    amount: money(gross.amount - posted.amount, gross.currency),
    beforePayment: true,
    refundedAt: payment.updated_timestamp ?? payment.update_timestamp ?? now,
  };
}

/** A refund in such a state gives nothing back. */
const NO_REFUND = /fail|declin|revers|cancel/i;

/** Whether a receipt says that something of it was given back. */
export const isRefunded = ({ status, refunds }: Pick<Receipt, 'status' | 'refunds'>): boolean =>
  /refund|cancel/i.test(status ?? '') || (refunds ?? []).some((one) => !NO_REFUND.test(one.status ?? ''));

/** Whether a receipt says that everything of it was given back. */
export function isCancelled({
  status,
  refunds,
  grandtotal,
}: Pick<Receipt, 'status' | 'refunds' | 'grandtotal'>): boolean {
  if (/cancel|fully.refunded/i.test(status ?? '')) return true;
  if (!grandtotal) return false;
  const { currency_code, divisor } = grandtotal;
  const back = (refunds ?? [])
    .filter((one) => !NO_REFUND.test(one.status ?? ''))
    .filter(({ amount }) => amount.currency_code === currency_code && amount.divisor === divisor)
    .reduce((sum, { amount }) => sum + amount.amount, 0);
  return back > 0 && back >= grandtotal.amount;
}

/** Whether a payment says that everything of it was given back. */
export function isGivenBack({ amount_gross, adjusted_gross, payment_adjustments }: Payment): boolean {
  const made = (payment_adjustments ?? []).filter((one) => one.is_success !== false);
  const back = made.reduce((sum, one) => sum + (one.total_adjustment_amount ?? 0), 0);
  return !!amount_gross && made.length > 0 && (adjusted_gross?.amount === 0 || back >= amount_gross.amount);
}

/** Where a ledger entry says that it belongs. Ids that it does not name are null. */
interface Belongs {
  paymentId: string | null;
  receiptId: string | null;
}
export type Entry =
  | ({ kind: 'fee'; fee: RemoteFee } & Belongs)
  | ({ kind: 'refund'; refund: Omit<RemoteRefund, 'remoteOrderId'> } & Belongs)
  | ({ kind: 'payment'; payment: Omit<RemotePayment, 'remoteOrderId'> } & Belongs)
  | ({ kind: 'tax'; tax: RemoteTax } & Belongs)
  | { kind: 'transfer'; transfer: RemoteTransfer }
  /** Money that moved for a reason that is not known. */
  | { kind: 'unknown' }
  /** Nothing moved. */
  | { kind: 'other' };

/** A refund, or one that failed and came back. */
const REFUND = /^refund(_gross|_reversal|_reversed|_failed|_failure)?$/i;
const PAYMENT = /^payment(_gross)?$/i;
/** Tax of buyers. Etsy adds it to the payment and takes it from the balance for the authorities. */
const BUYERS_TAX = /^(sales|buyer|marketplace)_(tax|vat|gst)/i;
/** Payouts, payouts that came back, and payments of the seller for a negative balance. */
const BANK = /^(disburse|adyenbalance_reversal|deposit|payout|recoup|bill(ing)?_payment)/i;
/** What the seller paid from outside for a charge of its own line, such as `seller_onboarding_fee_payment`. */
const CHARGE_PAID = /_(fee|bill|charge)s?_payment$/i;
const RESERVE = /^(reserve|payment_reserve)/i;
const FEE =
  /fee|^(shipping_)?transaction|^gift_wrap|^(auto_)?renew|^listing|ads|prolist|promoted|^vat_(on|seller)|^gst_(on|seller)|^shipping_label|subscription|^seller_driven_traffic/i;
/** The first one that fits. `transaction_quantity` is the listing fee of the further items of one order, and not a share of its price. */
const FEE_KINDS = [
  [/(?<![a-z])(vat|gst|tax(es)?)(?![a-z])/i, 'tax'],
  [/processing_fee/i, 'processing'],
  [/^transaction_quantity/i, 'listing'],
  [/^(transaction|shipping_transaction)/i, 'transaction'],
  [/^seller_driven_traffic/i, 'shareAndSave'],
  [/^(auto_)?renew/i, 'renewal'],
  [/^listing/i, 'listing'],
  [/ads|prolist|promoted/i, 'advertising'],
] as const;

/**
 * Classifies a line of the shop's payment account. Etsy does not document the names of its lines (https://github.com/etsy/open-api/issues/442);
 * ledger-names.test.ts lists those that are known. Amounts are in the currency's minor units. What Etsy charges is negative there and
 * positive here; a fee that Etsy returns is negative here. Every line that moves money is one of the kinds, or unknown. `now` is the time of
 * a line without one.
 */
export function readEntry(entry: LedgerEntry, now: Date = new Date(0)): Entry {
  const type = typeOf(entry);
  if (entry.amount === 0) return { kind: 'other' };
  const { entry_id: id } = entry;
  const at = entry.created_timestamp ?? entry.create_date ?? now;
  const credit = money(entry.amount, entry.currency);
  const charge = money(-entry.amount, entry.currency);
  const reference = entry.reference_id ?? null;
  const of = entry.reference_type ?? '';
  const adjusted = entry.payment_adjustments?.find((adjustment) => adjustment.payment_id)?.payment_id;
  const belongs: Belongs = {
    paymentId: adjusted ?? (/^(shop_)?payment$/i.test(of) ? reference : null),
    receiptId: /receipt/i.test(of) ? reference : null,
  };
  if (REFUND.test(type))
    return { kind: 'refund', refund: { remoteId: id, amount: charge, refundedAt: at }, ...belongs };
  if (PAYMENT.test(type))
    return { kind: 'payment', payment: { remoteId: id, amount: credit, paidAt: at }, ...belongs };
  if (BUYERS_TAX.test(type))
    return {
      kind: 'tax',
      tax: { remoteId: id, remoteOrderId: belongs.receiptId, amount: charge, takenAt: at },
      ...belongs,
    };
  if (CHARGE_PAID.test(type))
    return { kind: 'transfer', transfer: { remoteId: id, to: 'bank', amount: charge, movedAt: at } };
  if (!/fee/i.test(type)) {
    // A negative bill payment would settle charges that are not in this ledger, so that only a user knows what it is.
    if (BANK.test(type) && !(/^bill/i.test(type) && entry.amount < 0))
      return { kind: 'transfer', transfer: { remoteId: id, to: 'bank', amount: charge, movedAt: at } };
    if (RESERVE.test(type))
      return { kind: 'transfer', transfer: { remoteId: id, to: 'reserve', amount: charge, movedAt: at } };
  }
  if (!FEE.test(type)) return { kind: 'unknown' };
  return {
    kind: 'fee',
    ...belongs,
    fee: {
      remoteId: id,
      remoteOrderId: belongs.receiptId,
      remoteSaleId: /^transaction$/i.test(of) ? reference : null,
      kind: kindOf(type),
      amount: charge,
      chargedAt: at,
    },
  };
}

/** Etsy's name for the kind of a line. */
export const typeOf = ({ ledger_type, description }: LedgerEntry): string => ledger_type || description || '';

/** What a line refers to, as `type:id`. */
export const referenceOf = ({ reference_type, reference_id }: LedgerEntry): string | null =>
  reference_type && reference_id ? `${reference_type}:${reference_id}` : null;

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
