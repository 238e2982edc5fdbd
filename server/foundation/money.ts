import { listedDigits } from './currencies';

/** An amount of money: integer minor units (cents, yen, fils) and an ISO 4217 currency. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/**
 * Decimals of a currency that the table lacks, such as one that a platform reports before we list it. Two, because every currency of a
 * country that was added since 2000 has two. It is a fixed number, so that a platform's amounts can be booked and keep their meaning.
 */
const UNLISTED_DIGITS = 2;

/**
 * Returns the number of decimals of a currency's minor unit (ISO 4217, see currencies.ts): USD 2, JPY 0, KWD 3. Throws RangeError for a text
 * that is not a currency code.
 */
export function currencyDigits(currency: string): number {
  const digits = listedDigits(currency);
  if (digits !== undefined) return digits;
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`"${currency}" is not a currency code`);
  return UNLISTED_DIGITS;
}

/** Creates a Money. Throws RangeError if the amount is not a safe integer or the currency code is invalid. */
export function money(amount: number, currency: string): Money {
  if (!Number.isSafeInteger(amount))
    throw new RangeError('An amount of money must be a whole number of minor units');
  currencyDigits(currency);
  return { amount, currency };
}

/**
 * Parses a decimal text such as "12.34" or "-0.5" exactly, without floating point. Throws RangeError on any other text, and on more
 * decimals than the currency has.
 */
export function parseMoney(text: string, currency: string): Money {
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text.trim());
  if (!match) throw new RangeError('Write an amount such as 12.34');
  const digits = currencyDigits(currency);
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) throw new RangeError(`${currency} has ${digits} decimals`);
  const minor = Number(`${match[2]}${fraction.padEnd(digits, '0')}`);
  return money(match[1] && minor !== 0 ? -minor : minor, currency);
}

/** Returns the amount as a decimal text with the currency's decimals: 1234 USD is "12.34". */
export function toDecimal({ amount, currency }: Money): string {
  const digits = currencyDigits(currency);
  const text = Math.abs(amount)
    .toString()
    .padStart(digits + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const formatters = new Map<string, Intl.NumberFormat>();
/**
 * Formats an amount for users: "$12.34". Intl only contributes the language: the decimals are those of our table, and the decimal text is
 * formatted exactly (Intl accepts strings without rounding to a double). `trailingZeros: 'strip'` omits the decimals of a whole amount.
 */
export function formatMoney(
  value: Money,
  locale = 'en-US',
  { trailingZeros = 'keep' }: { trailingZeros?: 'keep' | 'strip' } = {},
): string {
  const key = `${locale} ${value.currency} ${trailingZeros}`;
  let format = formatters.get(key);
  if (!format) {
    const digits = currencyDigits(value.currency);
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: value.currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      trailingZeroDisplay: trailingZeros === 'strip' ? 'stripIfInteger' : 'auto',
    });
    formatters.set(key, format);
  }
  // A hyphen would be shorter than a plus, and a line could end after it.
  return format.format(toDecimal(value) as unknown as number).replace('-', '\u2212');
}

/** Returns `basisPoints` hundredths of a per cent of an amount, rounded half away from zero in integers (650 is 6.5 %). */
export function portion({ amount, currency }: Money, basisPoints: number): Money {
  const product = BigInt(Math.abs(amount)) * BigInt(basisPoints);
  const rounded = Number((product + 5000n) / 10000n);
  return money(amount < 0 ? -rounded : rounded, currency);
}
