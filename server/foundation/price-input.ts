import { z } from 'zod';
import { AppError } from './errors';
import { asMessage, fact, factOf } from './facts';
import { token, whole } from './inputs';
import { currencyDigits } from './money';
import { type AmountProblem, MAX_TYPED_AMOUNT, readTypedAmount } from './typed-amount';

/**
 * Maximum price: ten billion in a currency with two decimals, so that prices in rials, pounds or rupiahs fit. A quantity of a thousand is
 * still a safe integer.
 */
const MAX_MINOR_UNITS = 1_000_000_000_000;
/** Schema of a price, greater than zero, in minor units of the currency given beside it. */
const minorUnits = whole({
  min: 1,
  max: MAX_MINOR_UNITS,
  notWhole: asMessage('validation.amount.notWhole'),
  tooSmall: asMessage('validation.amount.tooLow'),
  tooLarge: asMessage('validation.amount.tooHigh'),
});
const UNREADABLE = asMessage('validation.amount.unreadable');

/**
 * Schema of a price: a number in minor units, or the text that a person typed, in whole units ("12.50"). Forms send the text, so that the
 * server's table of currencies decides what it means (`priceIn`) and not the browser.
 */
export const price = () =>
  z.union([minorUnits, token({ max: MAX_TYPED_AMOUNT, tooLong: UNREADABLE, unprintable: UNREADABLE })]);

/** Returns a price in minor units of its currency, or the message for a text that is not one. */
export function priceIn(
  value: number | string,
  currency: string,
): { minorUnits: number } | { message: string } {
  if (typeof value === 'number') return { minorUnits: value };
  const read = readTypedAmount(value, currency);
  if ('problem' in read) return { message: MESSAGES[read.problem](currency) };
  const { data, error } = minorUnits.safeParse(read.money.amount);
  return error ? { message: error.issues[0]?.message ?? UNREADABLE } : { minorUnits: data };
}
const MESSAGES: Record<AmountProblem, (currency: string) => string> = {
  unreadable: () => UNREADABLE,
  tooHigh: () => asMessage('validation.amount.tooHigh'),
  ambiguous: () => asMessage('validation.amount.ambiguous'),
  decimals: (currency) =>
    asMessage('validation.amount.decimals', { currency, digits: currencyDigits(currency) }),
  otherCurrency: (currency) => asMessage('validation.amount.otherCurrency', { currency }),
};

/**
 * Returns a price in minor units of its currency. Throws `invalid` with the problem of the field `price` for a text that is not one. For
 * verbs that learn the currency from a row.
 */
export function readPrice(value: number | string, currency: string): number {
  const read = priceIn(value, currency);
  if ('minorUnits' in read) return read.minorUnits;
  const problem = factOf(read.message) ?? fact('validation.amount.unreadable');
  throw new AppError('invalid', problem, { fields: { price: problem } });
}
