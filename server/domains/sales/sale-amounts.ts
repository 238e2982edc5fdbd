import type { sales } from '@/db/schema';
import type { Parts } from '../ledger/postings';

export type Sale = typeof sales.$inferSelect;

/** Parts of an amount of an order. `items` is what is paid for the items after the discount. */
export type Amounts = Parts & { items: number };
export const NOTHING: Amounts = { items: 0, discount: 0, shipping: 0, tax: 0 };
export const totalOf = ({ items, shipping, tax }: Amounts): number => items + shipping + tax;
export const plus = (a: Amounts, b: Amounts): Amounts => ({
  items: a.items + b.items,
  discount: a.discount + b.discount,
  shipping: a.shipping + b.shipping,
  tax: a.tax + b.tax,
});

/** The currency in which a sale is accounted for: that of the platform's balance if it is known, or its own. */
export const bookCurrency = (sale: Sale): string => sale.settledCurrency ?? sale.currency;

/** The parts of a sale in its book currency. */
export const bookAmounts = (sale: Sale): Amounts =>
  sale.settledCurrency === null
    ? ownAmounts(sale)
    : {
        items: sale.settledGross ?? 0,
        discount: sale.settledDiscount ?? 0,
        shipping: sale.settledShipping ?? 0,
        tax: sale.settledTax ?? 0,
      };
/** Its parts in its own currency. */
export const ownAmounts = ({ gross, discount, shipping, tax }: Sale): Amounts => ({
  items: gross,
  discount,
  shipping,
  tax,
});
