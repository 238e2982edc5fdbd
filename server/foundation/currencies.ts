/**
 * The currencies of ISO 4217, by the number of decimals of their minor unit. What a stored amount means depends on this table alone, never
 * on the runtime: ICU's data, and so `Intl`, differs from it and between versions of Node and of browsers (HUF, IDR, RSD, IQD and others).
 *
 * Source: list one of the maintenance agency (SIX), https://www.six-group.com/en/products-services/financial-information/data-standards.html,
 * published 2024-06-25, and its amendments in force on 2026-01-01, which added XAD and XCG and removed ANG, BGN and CUC. Codes without a
 * minor unit (metals, XDR, XSU, XUA, XTS, XXX) are not currencies here.
 *
 * A code may be added at any time if it has two decimals. A code with another number needs a migration of the amounts that were stored
 * before, which have the two decimals of an unlisted code (`currencyDigits`).
 */
const CURRENT = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE ' +
    'CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK ' +
    'LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON ' +
    'RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST ' +
    'XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
} as const;

/**
 * Codes that were removed from the list since 2010, with the decimals that they had. Amounts in them stay readable, and a row that has one
 * can still be saved; it is not offered for a new row.
 */
const WITHDRAWN = {
  0: 'BYR',
  2: 'ANG BGN CUC EEK HRK LTL LVL MRO SLL STD USS VEF ZMK ZWL',
} as const;

const codesOf = (lists: Readonly<Record<number, string>>): [code: string, digits: number][] =>
  Object.entries(lists).flatMap(([digits, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(digits)]),
  );
const current = codesOf(CURRENT);
const listed: ReadonlyMap<string, number> = new Map([...current, ...codesOf(WITHDRAWN)]);

/** The codes of the currencies in use, in alphabetical order. */
export const CURRENCIES: readonly string[] = current.map(([code]) => code).sort();

/** Whether this is the code of a currency in use, or of one that was withdrawn since 2010. */
export const isListedCurrency = (code: string): boolean => listed.has(code);

/** Returns the number of decimals of a listed currency, or undefined for any other text. */
export const listedDigits = (code: string): number | undefined => listed.get(code);
