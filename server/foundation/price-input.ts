import { z } from 'zod';
import { AppError } from './errors';
import { asMessage, fact, factOf } from './facts';
import { token, whole } from './inputs';
import { currencyDigits, type Money, money, toDecimal } from './money';
import { MAX_TYPED_AMOUNT, readTypedAmount, type TypedAmount } from './typed-amount';

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
const NOT_AN_AMOUNT = asMessage('validation.amount.notAnAmount');

/**
 * Schema of a price: a number in minor units, or the text that a person typed, in whole units ("12.50"). Forms send the text, so that the
 * server's table of currencies decides what it means (`priceIn`) and not the browser.
 */
export const price = () =>
  z.union([minorUnits, token({ max: MAX_TYPED_AMOUNT, tooLong: NOT_AN_AMOUNT, unprintable: NOT_AN_AMOUNT })]);

/** Returns a price in minor units of its currency, or the message for a text that is not one. */
export function priceIn(
  value: number | string,
  currency: string,
): { minorUnits: number } | { message: string } {
  if (typeof value === 'number') return { minorUnits: value };
  const read = readTypedAmount(value, currency);
  if ('problem' in read) return { message: messageFor(read, currency) };
  const { data, error } = minorUnits.safeParse(read.money.amount);
  return error ? { message: error.issues[0]?.message ?? NOT_AN_AMOUNT } : { minorUnits: data };
}

function messageFor(read: Exclude<TypedAmount, { money: Money }>, currency: string): string {
  switch (read.problem) {
    case 'unreadable':
      return asMessage('validation.amount.unreadable', { example: exampleIn(currency) });
    case 'tooHigh':
      return asMessage('validation.amount.tooHigh');
    case 'ambiguous': {
      const [thousands, decimals] = read.readings;
      return asMessage('validation.amount.ambiguous', { thousands, decimals });
    }
    case 'decimals':
      return asMessage('validation.amount.decimals', { currency, digits: currencyDigits(currency) });
    case 'otherCurrency':
      return asMessage('validation.amount.otherCurrency', { currency });
  }
}
/** An amount with the decimals that the currency has: 12.34 dollars, 12 yen, 12.345 dinars. */
const exampleIn = (currency: string): string =>
  toDecimal(money(Math.floor(123_456 / 10 ** (4 - currencyDigits(currency))), currency));

/**
 * Returns a price in minor units of its currency. Throws `invalid` with the problem of the field `price` for a text that is not one. For
 * verbs that learn the currency from a row.
 */
export function readPrice(value: number | string, currency: string): number {
  const read = priceIn(value, currency);
  if ('minorUnits' in read) return read.minorUnits;
  const problem = factOf(read.message) ?? fact('validation.amount.notAnAmount');
  throw new AppError('invalid', problem, { fields: { price: problem } });
}
