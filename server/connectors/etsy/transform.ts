import { fact } from '@/server/foundation/facts';
import { currencyDigits, type Money, money, parseMoney, toDecimal } from '@/server/foundation/money';
import { timesCursor } from '../kit/cursors';
import { divideOrder, refundBeforePayment } from '../kit/order-figures';
import { lowestOf, moneyOfFraction } from '../kit/prices';
import { type Entry, feeNames, type LineRule, readLine, type StatementLine } from '../kit/statement-lines';
import type { RemoteRefund, RemoteSale } from '../kit/types';
import type { EtsyMoney, Inventory, LedgerEntry, Payment, Receipt } from './wire';

/** Throws RangeError if the amount is not a whole number of minor units. */
export const fromEtsyMoney = ({ amount, divisor, currency_code }: EtsyMoney): Money =>
  moneyOfFraction(amount, divisor, currency_code);

/** Converts a price to the number in whole units that the API expects. At most 3 decimals survive a double exactly. */
export const toEtsyPrice = (price: Money): number => Number(toDecimal(price));

/** Returns the lowest price that a buyer can choose, or null if nothing is offered. */
export const lowestPrice = ({ products }: Inventory): Money | null =>
  lowestOf(
    products
      .filter((p) => !p.is_deleted)
      .flatMap((p) => p.offerings.filter((o) => !o.is_deleted).map((o) => fromEtsyMoney(o.price))),
  );

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

/**
 * Divides a receipt's total into its parts. Etsy's contract defines the total as the prices less coupons plus tax and shipping; whether VAT
 * and gift wrapping are added or included depends on the sale. Throws RangeError for amounts that are not whole or in several currencies.
 */
function divided(receipt: Receipt, currency: string): ReturnType<typeof divideOrder> {
  const read = (value: EtsyMoney | null | undefined): number | null => {
    if (!value) return null;
    const { amount, currency: other } = fromEtsyMoney(value);
    if (other !== currency && amount !== 0) throw new RangeError(`${other} in a receipt in ${currency}`);
    return amount;
  };
  const items = receipt.transactions.map(({ price, quantity, shop_coupon: coupon, shipping_cost }) => ({
    list: (read(price) ?? 0) * quantity,
    discount: coupon ? parseMoney(coupon.toFixed(currencyDigits(currency)), currency).amount : 0,
    shipping: shipping_cost ? fromEtsyMoney(shipping_cost).amount : 0,
  }));
  const totalPrice = read(receipt.total_price) ?? items.reduce((sum, { list }) => sum + list, 0);
  const subtotal = read(receipt.subtotal);
  const coupons = items.reduce((sum, { discount }) => sum + discount, 0);
  return divideOrder({
    currency,
    items,
    discount:
      subtotal !== null && subtotal <= totalPrice
        ? totalPrice - subtotal
        : (read(receipt.discount_amt) ?? coupons),
    shipping: read(receipt.total_shipping_cost) ?? 0,
    tax: read(receipt.total_tax_cost) ?? 0,
    perhaps: { extras: read(receipt.gift_wrap_price) ?? 0, tax: read(receipt.total_vat_cost) ?? 0 },
    total: read(receipt.grandtotal),
  });
}

/**
 * Returns the sales of a paid receipt: one per item, at the price paid for it, with its share of shipping and tax. Etsy credits them by a
 * payment of its own. `unexplained` is by how much the total differs from the sum of its parts, in minor units. Throws like `divided`.
 */
export function soldBy(receipt: Receipt): { sales: RemoteSale[]; unexplained: number } {
  const [first] = receipt.transactions;
  if (!receipt.is_paid || !first) return { sales: [], unexplained: 0 };
  const { items, unexplained } = divided(receipt, first.price.currency_code);
  const sales = receipt.transactions.flatMap((t, i): RemoteSale[] => {
    const share = items[i];
    if (!share) return [];
    return [
      {
        remoteId: t.transaction_id,
        remoteOrderId: receipt.receipt_id,
        listingRemoteId: t.listing_id ? String(t.listing_id) : null,
        title: t.title ?? 'Untitled',
        quantity: t.quantity,
        ...share,
        credited: 'separately',
        soldAt: t.paid_timestamp ?? t.created_timestamp,
      },
    ];
  });
  return { sales, unexplained };
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
  const { payment_id, receipt_id, amount_gross, posted_gross, updated_timestamp, update_timestamp } = payment;
  if (!amount_gross || !posted_gross) return null;
  return refundBeforePayment(
    { remoteId: `unposted:${payment_id}`, remoteOrderId: receipt_id },
    { due: paymentMoney(payment, amount_gross), paid: paymentMoney(payment, posted_gross) },
    updated_timestamp ?? update_timestamp ?? now,
  );
}

/** A refund in such a state gives nothing back. */
const NO_REFUND = /fail|declin|revers|cancel/i;
const refundsOf = ({ refunds }: Pick<Receipt, 'refunds'>) =>
  (refunds ?? []).filter(({ status }) => !NO_REFUND.test(status ?? ''));

/** Whether a receipt says that something of it was given back. */
export const isRefunded = (receipt: Pick<Receipt, 'status' | 'refunds'>): boolean =>
  /refund|cancel/i.test(receipt.status ?? '') || refundsOf(receipt).length > 0;

/** Whether a receipt says that everything of it was given back. */
export function isCancelled(receipt: Pick<Receipt, 'status' | 'refunds' | 'grandtotal'>): boolean {
  const { status, grandtotal: total } = receipt;
  if (/cancel|fully.refunded/i.test(status ?? '')) return true;
  const back = refundsOf(receipt)
    .filter(({ amount: a }) => a.currency_code === total?.currency_code && a.divisor === total.divisor)
    .reduce((sum, { amount }) => sum + amount.amount, 0);
  return total != null && back > 0 && back >= total.amount;
}

/** Whether a payment says that everything of it was given back. */
export function isGivenBack({ amount_gross, adjusted_gross, payment_adjustments }: Payment): boolean {
  const made = (payment_adjustments ?? []).filter((one) => one.is_success !== false);
  const back = made.reduce((sum, one) => sum + (one.total_adjustment_amount ?? 0), 0);
  return !!amount_gross && made.length > 0 && (adjusted_gross?.amount === 0 || back >= amount_gross.amount);
}

/**
 * What the lines of the shop's payment account are. Etsy does not document their names (https://github.com/etsy/open-api/issues/442);
 * ledger-names.test.ts lists those that are known.
 */
const LINES: readonly LineRule[] = [
  // A refund, or one that failed and came back.
  { type: /^refund(_gross|_reversal|_reversed|_failed|_failure)?$/i, is: 'refund' },
  { type: /^payment(_gross)?$/i, is: 'payment' },
  // Tax of buyers. Etsy adds it to the payment and takes it from the balance for the authorities.
  { type: /^(sales|buyer|marketplace)_(tax|vat|gst)/i, is: 'tax' },
  // What the seller paid from outside for a charge of its own line, such as `seller_onboarding_fee_payment`.
  { type: /_(fee|bill|charge)s?_payment$/i, is: 'bank' },
  // Payouts, payouts that came back, and payments of the seller for a negative balance.
  { type: /^(?!.*fee)(disburse|adyenbalance_reversal|deposit|payout|recoup)/i, is: 'bank' },
  // A negative one would settle charges that are not in this ledger, so that only a user knows what it is.
  { type: /^(?!.*fee)bill(ing)?_payment/i, is: 'bank', onlyCredits: true },
  { type: /^(?!.*fee)(reserve|payment_reserve)/i, is: 'reserve' },
  {
    type: /fee|^(shipping_)?transaction|^gift_wrap|^(auto_)?renew|^listing|ads|prolist|promoted|^vat_(on|seller)|^gst_(on|seller)|^shipping_label|subscription|^seller_driven_traffic/i,
    is: 'fee',
  },
];
/** The first one that fits. `transaction_quantity` is the listing fee of the further items of one order, and not a share of its price. */
const FEE_KINDS = [
  [/(?<![a-z])(vat|gst|tax(es)?)(?![a-z])/i, fact('platforms.etsy.fees.tax')],
  [/processing_fee/i, fact('platforms.etsy.fees.processing')],
  [/^transaction_quantity/i, fact('platforms.etsy.fees.listing')],
  [/^(transaction|shipping_transaction)/i, fact('platforms.etsy.fees.transaction')],
  [/^seller_driven_traffic/i, fact('platforms.etsy.fees.shareAndSave')],
  [/^(auto_)?renew/i, fact('platforms.etsy.fees.renewal')],
  [/^listing/i, fact('platforms.etsy.fees.listing')],
  [/ads|prolist|promoted/i, fact('platforms.etsy.fees.advertising')],
] as const;

/** Reads a line of the shop's payment account. `now` is the time of a line without one. */
export function lineOf(entry: LedgerEntry, now: Date): StatementLine {
  const { reference_id: reference = null, reference_type } = entry;
  const of = reference_type ?? '';
  const adjusted = entry.payment_adjustments?.find((adjustment) => adjustment.payment_id)?.payment_id;
  return {
    id: entry.entry_id,
    type: entry.ledger_type || entry.description || '',
    amount: money(entry.amount, entry.currency),
    at: entry.created_timestamp ?? entry.create_date ?? now,
    paymentId: adjusted ?? (/^(shop_)?payment$/i.test(of) ? reference : null),
    orderId: /receipt/i.test(of) ? reference : null,
    saleId: /^transaction$/i.test(of) ? reference : null,
  };
}
export const readEntry = (line: StatementLine): Entry => readLine(line, LINES, feeName);

/** What a line refers to, as `type:id`. */
export const referenceOf = ({ reference_type, reference_id }: LedgerEntry): string | null =>
  reference_type && reference_id ? `${reference_type}:${reference_id}` : null;

const feeName = feeNames(FEE_KINDS, {
  other: fact('platforms.etsy.fees.other'),
  named: (name) => fact('platforms.etsy.fees.namedFee', { name }),
});

/** The earliest time that the API accepts, in Unix seconds. */
export const EPOCH_FLOOR = 946_684_800;
/** The times of the newest receipt and the newest ledger entry seen. */
export const etsyCursor = timesCursor({ receipts: 'r', ledger: 'l' });
