import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CURRENCIES } from './currencies';
import { currencyDigits, money, toDecimal } from './money';
import { readTypedAmount } from './typed-amount';

/** The amount in minor units, or the problem. */
const read = (text: string, currency: string) => {
  const typed = readTypedAmount(text, currency);
  return 'money' in typed ? typed.money.amount : typed.problem;
};

describe('reads', () => {
  test.each([
    // The same number in the ways of many countries.
    ['1200.50', 'USD', 120_050],
    ['1,200.50', 'USD', 120_050],
    ['1.200,50', 'EUR', 120_050],
    ['1 200,50', 'EUR', 120_050],
    ['1\u00a0200,50', 'EUR', 120_050],
    ['1\u202f200,50', 'EUR', 120_050],
    ['1’200.50', 'CHF', 120_050],
    ["1'200.50", 'CHF', 120_050],
    ['1200,50', 'EUR', 120_050],
    ['1200,5', 'EUR', 120_050],
    ['.50', 'GBP', 50],
    ['1\u2009200,50', 'EUR', 120_050],
    ['1\u00b4200.50', 'CHF', 120_050],
    ['1\u02bc200', 'CHF', 120_000],
    ['1\u2032200', 'CHF', 120_000],
    // Nothing after the decimal separator, or a dash.
    ['12.', 'USD', 1200],
    ['12,', 'EUR', 1200],
    ['1,200.', 'USD', 120_000],
    ['12,-', 'EUR', 1200],
    ['12.-', 'CHF', 1200],
    ['12,--', 'EUR', 1200],
    ['12.\u2013', 'CHF', 1200],
    ['12,\u2014', 'EUR', 1200],
    ['12:-', 'SEK', 1200],
    ['1.200,-', 'EUR', 120_000],
    ["1'200.-", 'CHF', 120_000],
    ['12.', 'JPY', 12],
    ['12,-', 'KWD', 12_000],
    ['12,- €', 'EUR', 1200],
    ['-12,-', 'EUR', -1200],
    ['0,5', 'EUR', 50],
    ['  12.34 ', 'USD', 1234],
    ['1,200', 'USD', 120_000],
    ['1 200', 'EUR', 120_000],
    ['1.200.000', 'EUR', 120_000_000],
    ['1,234,567.89', 'USD', 123_456_789],
    ['₹1,200', 'INR', 120_000],
    ['₹ 1,00,000.50', 'INR', 10_000_050],
    ['12,34,567', 'INR', 123_456_700],
    // Other digits.
    ['१,२००.५०', 'INR', 120_050],
    ['১২.৫০', 'BDT', 1250],
    ['١٬٢٠٠٫٥٠', 'EGP', 120_050],
    ['١٢٫٥', 'KWD', 12_500],
    ['۱۲۰۰', 'IRR', 120_000],
    ['１，２００．５０', 'USD', 120_050],
    ['１２。５０', 'TWD', 1250],
    ['12｡5', 'CNY', 1250],
    ['١٢،٥٠', 'EGP', 1250],
    ['\u200f12.50\u200e', 'ILS', 1250],
    // The currency, when it is the right one.
    ['€12', 'EUR', 1200],
    ['12,50 €', 'EUR', 1250],
    ['EUR 12', 'EUR', 1200],
    ['12 eur', 'EUR', 1200],
    ['$12', 'MXN', 1200],
    ['￥1200', 'JPY', 1200],
    ['RSD 1200', 'RSD', 120_000],
    ['1.200,00 RSD', 'RSD', 120_000],
    ['US$12.50', 'USD', 1250],
    ['US $12.50', 'USD', 1250],
    ['$US 12,50', 'USD', 1250],
    ['12,50 $ US', 'USD', 1250],
    ['$12.50 USD', 'USD', 1250],
    ['USD$12.50', 'USD', 1250],
    ['CA$5', 'CAD', 500],
    ['C$5', 'CAD', 500],
    ['C$5', 'NIO', 500],
    ['A$5', 'AUD', 500],
    ['AU$5', 'AUD', 500],
    ['HK$1,200', 'HKD', 120_000],
    ['NT$5', 'TWD', 500],
    ['R$ 1.200,50', 'BRL', 120_050],
    ['CN¥5', 'CNY', 500],
    ['-US$5', 'USD', -500],
    ['12 kr', 'SEK', 1200],
    ['kr. 12,50', 'DKK', 1250],
    ['12,50 Kč', 'CZK', 1250],
    ['12,50 zł', 'PLN', 1250],
    ['1 200 Ft', 'HUF', 120_000],
    ['Rs.50', 'INR', 5000],
    ['Rs .50', 'INR', 50],
    ['Rs 1,00,000', 'INR', 10_000_000],
    ['Fr. 12.-', 'CHF', 1200],
    ['RM12.50', 'MYR', 1250],
    ['R 12', 'ZAR', 1200],
    ['1200円', 'JPY', 1200],
    ['1 200 ₽', 'RUB', 120_000],
    ['3 100р.', 'RUB', 310_000],
    ['3\u00a0100 р', 'RUB', 310_000],
    ['12,50 руб.', 'BYN', 1250],
    ['145 lei', 'RON', 14_500],
    ['145 Lei', 'MDL', 14_500],
    ['12,50 euro', 'EUR', 1250],
    ['12,50 euros', 'EUR', 1250],
    ['12,50 ευρώ', 'EUR', 1250],
    ['12,50 zl', 'PLN', 1250],
    ['1 200 тг.', 'KZT', 120_000],
    ['50 dhs', 'AED', 5000],
    // Currencies without decimals, and with three and four.
    ['1200', 'JPY', 1200],
    ['1,200', 'JPY', 1200],
    ['1200.00', 'JPY', 1200],
    // A currency without decimals leaves one reading.
    ['1.200', 'JPY', 1200],
    ['150.000 ₫', 'VND', 150_000],
    ['$1.200', 'CLP', 1200],
    ['1.500', 'KWD', 1500],
    ['12345.678', 'KWD', 12_345_678],
    ['1,500.5', 'KWD', 1_500_500],
    ['0,125', 'TND', 125],
    ['1.2000', 'CLF', 12_000],
    // Negative amounts, which a price then refuses.
    ['-12', 'USD', -1200],
    ['−12.50', 'USD', -1250],
    ['-€12', 'EUR', -1200],
    ['€-12', 'EUR', -1200],
  ])('%j %s as %d minor units', (text, currency, amount) => {
    expect(read(text, currency)).toBe(amount);
  });
});

describe('refuses', () => {
  test.each([
    // Thousands or thousandths?
    ['1.200', 'EUR', 'ambiguous'],
    ['1.200', 'RSD', 'ambiguous'],
    ['99999999999999', 'USD', 'tooHigh'],
    ['12.000', 'USD', 'ambiguous'],
    ['1,500', 'KWD', 'ambiguous'],
    ['1.200', 'CLF', 'ambiguous'],
    ['12.345', 'USD', 'ambiguous'],
    ['1234.567', 'USD', 'decimals'],
    ['0.125', 'USD', 'decimals'],
    ['1.2345', 'KWD', 'decimals'],
    ['12.5', 'JPY', 'decimals'],
    ['12,50', 'JPY', 'decimals'],
    ['١٫٢٠٠', 'EGP', 'decimals'],
    ['€12', 'USD', 'otherCurrency'],
    ['12 USD', 'EUR', 'otherCurrency'],
    ['₹1,200', 'PKR', 'otherCurrency'],
    ['¢50', 'USD', 'otherCurrency'],
    ['', 'USD', 'unreadable'],
    ['much', 'USD', 'unreadable'],
    ['abc', 'USD', 'unreadable'],
    ['12 dollars', 'USD', 'unreadable'],
    ['1e3', 'USD', 'unreadable'],
    ['0x1', 'USD', 'unreadable'],
    ['NaN', 'USD', 'unreadable'],
    ['--1', 'USD', 'unreadable'],
    ['-€-1', 'EUR', 'unreadable'],
    ['(12)', 'USD', 'unreadable'],
    ['12-15', 'USD', 'unreadable'],
    ['US$12', 'CAD', 'otherCurrency'],
    ['CA$5', 'USD', 'otherCurrency'],
    ['C$5', 'USD', 'otherCurrency'],
    ['R$5', 'USD', 'otherCurrency'],
    ['$12 CAD', 'USD', 'otherCurrency'],
    ['12 kr', 'EUR', 'otherCurrency'],
    ['145 lei', 'EUR', 'otherCurrency'],
    ['12 euro', 'USD', 'otherCurrency'],
    ['HTG 5', 'USD', 'otherCurrency'],
    ['$5 HTG', 'USD', 'otherCurrency'],
    // Words that name no currency.
    ['790,00 € HT', 'EUR', 'unreadable'],
    ['790,00 € HT', 'USD', 'unreadable'],
    ['790,00 €HT', 'EUR', 'unreadable'],
    ['€ 12 TTC', 'EUR', 'unreadable'],
    ['From $109.90', 'USD', 'unreadable'],
    ['from $109.90', 'EUR', 'unreadable'],
    ['$109.90 each', 'EUR', 'unreadable'],
    ['ab 12 €', 'USD', 'unreadable'],
    ['XX$5', 'USD', 'unreadable'],
    ['12k', 'USD', 'unreadable'],
    ['5 mil', 'USD', 'unreadable'],
    // A half or fifty?
    ['EUR.50', 'EUR', 'unreadable'],
    ['RM.50', 'MYR', 'unreadable'],
    ['12-', 'USD', 'unreadable'],
    ['12:50', 'SEK', 'unreadable'],
    ['1.200.', 'EUR', 'unreadable'],
    ['12,34.', 'EUR', 'unreadable'],
    ['12,.', 'EUR', 'unreadable'],
    [',-', 'EUR', 'unreadable'],
    // Two cells of a table.
    ['1\t200', 'USD', 'unreadable'],
    ['1\n200', 'USD', 'unreadable'],
    ['12 50', 'USD', 'unreadable'],
    ['1.2.3', 'USD', 'unreadable'],
    ['1,20,0', 'USD', 'unreadable'],
    ['1.200 50', 'EUR', 'unreadable'],
    ['1,200.50,00', 'EUR', 'unreadable'],
    ["1'200.50,0", 'EUR', 'unreadable'],
    ['12⁵⁰', 'USD', 'unreadable'],
    ['12½', 'USD', 'unreadable'],
    ['十二', 'JPY', 'unreadable'],
    ['9999999999999999', 'USD', 'tooHigh'],
    ['1'.repeat(100), 'USD', 'unreadable'],
  ])('%j %s: %s', (text, currency, problem) => {
    expect(read(text, currency)).toBe(problem);
  });
});

test.each([
  ['1.200', 'EUR', ['1200.00', '1.20']],
  ['12.345', 'USD', ['12345.00', '12.345']],
  ['1,500', 'KWD', ['1500.000', '1.500']],
  ['$1.200', 'USD', ['1200.00', '1.20']],
])('says both readings of %j %s', (text, currency, readings) => {
  expect(readTypedAmount(text, currency)).toEqual({ problem: 'ambiguous', readings });
});

const code = fc.constantFrom(...CURRENCIES, 'HRK', 'XYZ');
const amount = fc.integer({ min: 0, max: 1_000_000_000_000 });

test('what a form shows is read as what it is, in every currency', () => {
  fc.assert(
    fc.property(code, amount, (currency, minor) => {
      expect(read(toDecimal(money(minor, currency)), currency)).toBe(minor);
    }),
    { numRuns: 2000 },
  );
});

/** Writes a number as people of one country do: the separators of groups and decimals, and how long the groups above the last three are. */
const COUNTRIES = {
  'United States': [',', '.', 3],
  Germany: ['.', ',', 3],
  France: ['\u202f', ',', 3],
  Poland: ['\u00a0', ',', 3],
  Switzerland: ['’', '.', 3],
  India: [',', '.', 2],
  Egypt: ['٬', '٫', 3],
  nowhere: ['', '.', 3],
  'a keyboard without a point': ['', ',', 3],
} as const;
function write(
  units: string,
  decimals: string,
  [group, point, size]: readonly [string, string, 2 | 3],
): string {
  const groups = [units.slice(-3)];
  for (let rest = units.slice(0, -3); rest !== ''; rest = rest.slice(0, -size))
    groups.unshift(rest.slice(-size));
  return groups.join(group) + (decimals === '' ? '' : point + decimals);
}

test('an amount that is written in the way of any country is read exactly or refused, never as another', () => {
  const country = fc.constantFrom(...Object.values(COUNTRIES));
  let exact = 0;
  fc.assert(
    fc.property(code, amount, country, fc.boolean(), (currency, minor, ways, whole) => {
      const digits = currencyDigits(currency);
      const rounded = whole ? minor - (minor % 10 ** digits) : minor;
      const [units = '', decimals = ''] = toDecimal(money(rounded, currency)).split('.');
      const got = read(write(units, whole ? '' : decimals, ways), currency);
      if (typeof got === 'number') exact++;
      // A group of three after one point, in a currency with three decimals, is what its own forms write.
      const asInForms = digits === 3 && whole && ways[0] === '.' && units.length > 3 && units.length < 7;
      if (!asInForms) expect([rounded, 'ambiguous']).toContain(got);
    }),
    { numRuns: 3000 },
  );
  expect(exact).toBeGreaterThan(2000);
});

test.each(['symbol', 'narrowSymbol', 'code'] as const)(
  'an amount that a program writes with the currency (%s) in any language is read exactly or refused',
  (currencyDisplay) => {
    let exact = 0;
    for (const locale of 'en en-CA en-IN en-ZA de de-CH fr fr-CA es pt-BR sv da cs pl hu ja zh hi ar fa tr ru uk'.split(
      ' ',
    ))
      for (const currency of CURRENCIES) {
        const digits = currencyDigits(currency);
        const format = new Intl.NumberFormat(locale, {
          style: 'currency',
          currency,
          currencyDisplay,
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
        });
        for (const minor of [1250, 12_345_678]) {
          const text = format.format(toDecimal(money(minor, currency)) as unknown as number);
          const got = read(text, currency);
          if (got === minor) exact++;
          else expect(['unreadable', 'otherCurrency', 'ambiguous'], text).toContain(got);
        }
      }
    expect(exact).toBeGreaterThan(3000);
  },
);

test('a word that is no currency beside an amount is never taken for another currency', () => {
  const sign = fc.constantFrom('$', '€', '£', '¥', '₹', '₽', '');
  const words = 'HT TTC TVA VAT IVA From from ab dès each pro net plus от за Stück'.split(' ');
  fc.assert(
    fc.property(sign, fc.constantFrom(...words), fc.boolean(), code, (name, word, first, currency) => {
      const price = `${name}12.34`;
      expect(read(first ? `${word} ${price}` : `${price} ${word}`, currency)).toBe('unreadable');
      expect(read(first ? `${word} ${name}12.34` : `12.34 ${name} ${word}`, currency)).toBe('unreadable');
    }),
  );
});

test('no text makes it fail', () => {
  const char = fc.constantFrom(..."0123456789.,:' -€$٫٬٣१K EURkr\u00a0\u200f\t");
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: char }), fc.string({ unit: 'binary' })),
      code,
      (text, currency) => {
        const typed = readTypedAmount(text, currency);
        if ('money' in typed) expect(Number.isSafeInteger(typed.money.amount)).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});
