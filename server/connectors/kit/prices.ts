import { currencyDigits, type Money, money } from '@/server/foundation/money';

/** Converts a fraction (1234/100 USD is $12.34) to minor units exactly. Throws RangeError if the result is not a whole number. */
export function moneyOfFraction(amount: number, divisor: number, currency: string): Money {
  const scaled = BigInt(amount) * 10n ** BigInt(currencyDigits(currency));
  const by = BigInt(divisor);
  if (scaled % by !== 0n) throw new RangeError(`${amount}/${divisor} ${currency} is not a whole amount`);
  return money(Number(scaled / by), currency);
}

/** Returns the lowest of some prices, or null if there are none. */
export const lowestOf = (prices: readonly Money[]): Money | null =>
  prices.reduce<Money | null>((low, p) => (low === null || p.amount < low.amount ? p : low), null);

/** Returns the result of reading amounts, or null if one cannot be represented (RangeError). */
export function ifRepresentable<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
