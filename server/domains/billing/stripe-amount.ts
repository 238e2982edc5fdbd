import { currencyDigits, type Money, money } from '@/server/foundation/money';

/**
 * Number of decimals of Stripe's amounts where it is not two. This is Stripe's own list, which matches neither ISO 4217 nor ICU: ISK and
 * UGX have no decimals but are sent with two, as are HUF and TWD. Source: https://docs.stripe.com/currencies, "Zero-decimal currencies",
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

/**
 * Converts an amount in Stripe's units to Money in ours. `currency` may be in lower case, as Stripe writes it. Fractions of our smallest
 * unit are rounded half away from zero. Throws RangeError for an unsafe integer or an invalid currency code.
 */
export function moneyOfStripe(amount: number, currency: string): Money {
  const code = currency.toUpperCase();
  const shift = currencyDigits(code) - (STRIPE_DIGITS.get(code) ?? 2);
  if (shift >= 0) return money(amount === 0 ? 0 : amount * 10 ** shift, code);
  const unit = 10 ** -shift;
  const size = Math.round(Math.abs(amount) / unit);
  return money(amount < 0 && size > 0 ? -size : size, code);
}
