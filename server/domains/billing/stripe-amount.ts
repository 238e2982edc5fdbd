import { currencyDigits, type Money, money } from '@/server/foundation/money';

/**
 * Number of decimals of Stripe's amounts where it is not two. This is Stripe's own list, which differs from ISO 4217: ISK and UGX have no
 * decimals but are sent with two (always 00), and MGA has two but is sent with none. HUF and TWD have two in both; that their payouts are
 * whole is not a matter of units. Source: https://docs.stripe.com/currencies, "Zero-decimal currencies",
 * "Three-decimal currencies" and "Special cases".
 */
const STRIPE_DIGITS: ReadonlyMap<string, number> = new Map([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'JPY',
    'KMF',
    'KRW',
    'MGA',
    'PYG',
    'RWF',
    'VND',
    'VUV',
    'XAF',
    'XOF',
    'XPF',
  ].map((code) => [code, 0] as const),
  ...['BHD', 'JOD', 'KWD', 'OMR', 'TND'].map((code) => [code, 3] as const),
]);

/** Decimals of our smallest unit less those of Stripe's: the power of ten between the two. */
const shiftOf = (code: string): number => currencyDigits(code) - (STRIPE_DIGITS.get(code) ?? 2);

/**
 * Whether an amount in Stripe's units is a whole number of our units. Stripe promises it: the decimals of ISK and UGX are always 00. Throws
 * RangeError for an invalid currency code.
 */
export function isWholeAmount(amount: number, currency: string): boolean {
  const shift = shiftOf(currency.toUpperCase());
  return Number.isSafeInteger(shift >= 0 ? amount * 10 ** shift : amount / 10 ** -shift);
}

/** An amount that cannot be booked as it is, because it is not a whole number of our units. */
export class NotWholeAmount extends RangeError {}

/**
 * Converts an amount in Stripe's units to Money in ours, exactly. `currency` may be in lower case, as Stripe writes it. Throws
 * NotWholeAmount (the event that led to it is then kept unread and shown to operators), and RangeError for an invalid currency code.
 */
export function moneyOfStripe(amount: number, currency: string): Money {
  const code = currency.toUpperCase();
  if (!isWholeAmount(amount, code))
    throw new NotWholeAmount(`${amount} in Stripe's units is not a whole amount of ${code}`);
  const shift = shiftOf(code);
  // Never -0.
  return money(amount === 0 ? 0 : shift >= 0 ? amount * 10 ** shift : amount / 10 ** -shift, code);
}
