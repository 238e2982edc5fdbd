import { expect, test, vi } from 'vitest';
import { CURRENCIES, isListedCurrency, listedDigits } from './currencies';
import { currencyDigits } from './money';

test('the decimals of a currency are those of ISO 4217', () => {
  const digits = (codes: string) => [...new Set(codes.split(' ').map(currencyDigits))];
  // The first two lines are those for which versions of Node or browsers have other numbers.
  expect(digits('RSD HUF IDR COP PKR AFN ALL IRR KPW LAK LBP MGA MMK SLL SOS SYP YER')).toEqual([2]);
  expect(digits('IQD')).toEqual([3]);
  expect(digits('USD EUR GBP INR TWD CRC MRU UZS SLE VED VES XCG ZWG BYN MXV')).toEqual([2]);
  expect(digits('JPY KRW ISK UGX CLP VND XAF XOF XPF PYG RWF VUV UYI BIF DJF GNF KMF')).toEqual([0]);
  expect(digits('KWD BHD TND JOD OMR LYD')).toEqual([3]);
  expect(digits('CLF UYW')).toEqual([4]);
});

test('every code is listed once, and the list has the length of the standard’s', () => {
  expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
  expect([...CURRENCIES].sort()).toEqual(CURRENCIES);
  // 178 codes of list one less the 13 without a minor unit.
  expect(CURRENCIES).toHaveLength(178 - 13);
  expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
});

test('a withdrawn currency keeps its decimals and is no longer offered', () => {
  for (const code of ['HRK', 'BGN', 'ANG', 'CUC', 'SLL', 'ZWL', 'MRO', 'VEF']) {
    expect([code, isListedCurrency(code), currencyDigits(code)]).toEqual([code, true, 2]);
    expect(CURRENCIES).not.toContain(code);
  }
  expect(currencyDigits('BYR')).toBe(0);
});

test('an unlisted code has two decimals, and anything else is no currency', () => {
  for (const code of ['XYZ', 'XXX', 'XAU', 'XDR', 'DEM', 'BTC']) {
    expect([code, isListedCurrency(code), currencyDigits(code)]).toEqual([code, false, 2]);
  }
  for (const text of ['', 'usd', 'US', 'USDC', 'toString', '__proto__', 'ÄÖÜ']) {
    expect(listedDigits(text)).toBeUndefined();
    expect(() => currencyDigits(text)).toThrow(RangeError);
  }
});

test('the runtime is not asked', () => {
  const asked = vi.spyOn(Intl, 'NumberFormat');
  try {
    for (const code of [...CURRENCIES, 'HRK', 'XYZ']) currencyDigits(code);
    expect(asked).not.toHaveBeenCalled();
  } finally {
    asked.mockRestore();
  }
});
