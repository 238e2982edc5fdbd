import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES } from './currencies';
import { currencyDigits, formatMoney, money, parseMoney, portion, toDecimal } from './money';

/** Every currency, one that was withdrawn, and one that the table lacks. */
const CODES = [...CURRENCIES, 'HRK', 'XYZ'];
const currency = fc.constantFrom(...CODES);
const amount = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

test('amounts are written and read back exactly, in every currency', () => {
  fc.assert(
    fc.property(amount, currency, (a, c) => {
      expect(parseMoney(toDecimal(money(a, c)), c)).toEqual(money(a, c));
    }),
  );
});

test('reads and writes known amounts', () => {
  expect(toDecimal(money(5, 'USD'))).toBe('0.05');
  expect(toDecimal(money(-5, 'USD'))).toBe('-0.05');
  expect(toDecimal(money(1500, 'JPY'))).toBe('1500');
  expect(toDecimal(money(1500, 'KWD'))).toBe('1.500');
  expect(parseMoney('0.1', 'USD')).toEqual(money(10, 'USD'));
  expect(formatMoney(money(123456789, 'USD'))).toBe('$1,234,567.89');
  expect(formatMoney(money(900719925474099, 'USD'))).toBe('$9,007,199,254,740.99');
});

test('every currency is shown with its own decimals, whatever the runtime and the language', () => {
  for (const code of CODES)
    for (const locale of ['en-US', 'en-GB', 'de', 'fr', 'hi', 'ar-EG', 'fa', 'ja', 'sr']) {
      const digits = formatMoney(money(1, code), locale).match(/\p{Nd}/gu) ?? [];
      expect([code, locale, digits.length]).toEqual([code, locale, currencyDigits(code) + 1]);
    }
  const plain = (minor: number, code: string) => formatMoney(money(minor, code)).replaceAll('\u00a0', ' ');
  expect(plain(120_000, 'RSD')).toBe('RSD 1,200.00');
  expect(plain(120_000, 'HUF')).toBe('HUF 1,200.00');
  expect(plain(1_200_000, 'IQD')).toBe('IQD 1,200.000');
  expect(plain(1200, 'XPF')).toMatch(/ 1,200$/);
  expect(plain(12_000_000, 'UYW')).toBe('UYW 1,200.0000');
  expect(plain(120_000, 'XYZ')).toBe('XYZ 1,200.00');
});

test('decimals are only left out of a whole amount, on request', () => {
  const short = (minor: number) => formatMoney(money(minor, 'USD'), 'en-US', { trailingZeros: 'strip' });
  expect([short(2900), short(2950), short(0)]).toEqual(['$29', '$29.50', '$0']);
  expect(formatMoney(money(2900, 'USD'))).toBe('$29.00');
});

test('invalid amounts and currencies are refused', () => {
  for (const text of ['', '1,5', '1.234', 'NaN', '1e3', '0x1', '٣', '--1', '9999999999999999'])
    expect(() => parseMoney(text, 'USD')).toThrow(RangeError);
  expect(() => money(0.5, 'USD')).toThrow(RangeError);
  expect(() => money(1, 'usd')).toThrow(RangeError);
});

test('a portion is within half a unit of the exact value, and symmetric', () => {
  fc.assert(
    fc.property(amount, fc.integer({ min: 0, max: 10_000 }), (a, bp) => {
      const got = portion(money(a, 'USD'), bp).amount;
      const exact2 = BigInt(a) * BigInt(bp) * 2n;
      const difference = BigInt(got) * 20_000n - exact2;
      expect(difference <= 10_000n && difference >= -10_000n).toBe(true);
      expect(portion(money(a === 0 ? 0 : -a, 'USD'), bp).amount + got).toBe(0);
    }),
  );
});
