import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES } from '@/server/foundation/currencies';
import { toDecimal } from '@/server/foundation/money';
import { subjectOf, unknownFields } from './event-subject';
import { isWholeAmount, moneyOfStripe, NotWholeAmount } from './stripe-amount';

test.each([
  ['isk', 2900, '29'],
  ['ugx', 2900, '29'],
  ['jpy', 3000, '3000'],
  ['mga', 500, '500.00'],
  ['kwd', 9000, '9.000'],
  ['usd', 2900, '29.00'],
  ['twd', 90_000, '900.00'],
  ['huf', 1045, '10.45'],
  ['vnd', 700_000, '700000'],
  ['xpf', 500, '500'],
  ['rsd', 120_000, '1200.00'],
])('an amount in %s has the number of decimals that Stripe uses', (currency, amount, decimal) => {
  expect(toDecimal(moneyOfStripe(amount, currency))).toBe(decimal);
});

/** Stripe's lists of https://docs.stripe.com/currencies, written down a second time. */
const decimalsAtStripe = (code: string): number => {
  if (/^(BIF|CLP|DJF|GNF|JPY|KMF|KRW|MGA|PYG|RWF|VND|VUV|XAF|XOF|XPF)$/.test(code)) return 0;
  return /^(BHD|JOD|KWD|OMR|TND)$/.test(code) ? 3 : 2;
};

test('an amount is worth the same here and at Stripe, to the last digit, or is refused', () => {
  const whole = fc.integer({ min: 0, max: 1_000_000_000_000 });
  fc.assert(
    fc.property(fc.constantFrom(...CURRENCIES), whole, (code, amount) => {
      if (!isWholeAmount(amount, code)) {
        expect(() => moneyOfStripe(amount, code)).toThrow(RangeError);
        return;
      }
      const [units = '', decimals = ''] = toDecimal(moneyOfStripe(amount, code)).split('.');
      const size = 10n ** BigInt(decimals.length);
      expect(BigInt(units + decimals) * 10n ** BigInt(decimalsAtStripe(code))).toBe(BigInt(amount) * size);
    }),
    { numRuns: 2000 },
  );
});

test('a refund takes back exactly what it says, and parts of a payment add up to it', () => {
  const currency = fc.constantFrom('USD', 'ISK', 'UGX', 'HUF', 'JPY', 'KWD', 'TWD', 'MGA');
  const hundreds = fc.integer({ min: 0, max: 10_000_000_000 }).map((n) => n * 100);
  fc.assert(
    fc.property(currency, hundreds, hundreds, (code, first, second) => {
      const of = (amount: number) => moneyOfStripe(amount, code).amount;
      expect(of(first) + of(-first)).toBe(0);
      expect(of(first) + of(second)).toBe(of(first + second));
    }),
  );
});

test('an amount that is not whole is refused and never rounded', () => {
  expect(() => moneyOfStripe(2950, 'isk')).toThrow(NotWholeAmount);
  expect(isWholeAmount(2900, 'isk')).toBe(true);
  // A currency that the table lacks has two decimals on both sides.
  expect(toDecimal(moneyOfStripe(2950, 'xyz'))).toBe('29.50');
});

test('an event with such an amount is unreadable, which keeps it and shows it to operators', () => {
  const event = (amount_paid: number) => ({
    id: 'evt_1',
    type: 'invoice.paid',
    data: {
      object: { id: 'in_1', customer: 'cus_1', created: 1_772_000_000, amount_paid, currency: 'isk' },
    },
  });
  expect(subjectOf(event(2950))).toEqual({ kind: 'unreadable', fields: ['data.object.amount_paid'] });
  expect(unknownFields(JSON.stringify(event(2950)))).toEqual(['data.object.amount_paid']);
  expect(subjectOf(event(2900)).kind).toBe('subject');
});
