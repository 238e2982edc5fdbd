import fc from 'fast-check';
import { expect, test } from 'vitest';
import { currencyDigits, toDecimal } from '@/server/foundation/money';
import { moneyOfStripe } from './stripe-amount';

test.each([
  ['isk', 2900, '29'],
  ['ugx', 2900, '29'],
  ['jpy', 3000, '3000'],
  ['mga', 500, '500'],
  ['kwd', 9000, '9.000'],
  ['usd', 2900, '29.00'],
  ['twd', 90_000, '900.00'],
  ['vnd', 700_000, '700000'],
])('an amount in %s has the number of decimals that Stripe uses', (currency, amount, decimal) => {
  expect(toDecimal(moneyOfStripe(amount, currency))).toBe(decimal);
});

test('a currency with fewer decimals here than at Stripe keeps its value', () => {
  for (const currency of ['HUF', 'IDR', 'COP', 'LAK', 'ISK', 'UGX'])
    expect(Number(toDecimal(moneyOfStripe(123_400, currency)))).toBe(1234);
});

test('a refund equals its payment, and amounts are exact to within half of our smallest unit', () => {
  const currency = fc.constantFrom('USD', 'ISK', 'UGX', 'HUF', 'JPY', 'KWD', 'TWD', 'MGA');
  fc.assert(
    fc.property(currency, fc.integer({ min: 0, max: 1_000_000_000_000 }), (code, amount) => {
      const paid = moneyOfStripe(amount, code).amount;
      expect(paid + moneyOfStripe(-amount, code).amount).toBe(0);
      const decimals = ['JPY', 'MGA'].includes(code) ? 0 : code === 'KWD' ? 3 : 2;
      const unit = 10 ** (decimals - currencyDigits(code));
      expect(Math.abs(paid * unit - amount)).toBeLessThanOrEqual(unit / 2);
    }),
  );
});
