import { isListedCurrency } from './currencies';
import { DIGITS } from './digits';
import { currencyDigits, type Money, parseMoney, toDecimal } from './money';

/**
 * Why a typed amount is not accepted: it is not an amount (`unreadable`), it can be read in two ways (`ambiguous`), it has more decimals
 * than the currency (`decimals`), it names another currency (`otherCurrency`), or it is too large to be stored (`tooHigh`).
 */
type AmountProblem = 'unreadable' | 'ambiguous' | 'decimals' | 'otherCurrency' | 'tooHigh';
export type TypedAmount =
  | { readonly money: Money }
  | { readonly problem: Exclude<AmountProblem, 'ambiguous'> }
  /** Both readings, as decimal texts: as thousands, and as decimals. */
  | { readonly problem: 'ambiguous'; readonly readings: readonly [thousands: string, decimals: string] };
type Refusal = Exclude<TypedAmount, { money: Money }>;

/** Longest text that can be an amount. */
export const MAX_TYPED_AMOUNT = 60;

/** Marks of direction, which come along when an amount is copied. */
const INVISIBLE = /[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
/** Other forms of the characters that an amount consists of. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  // Not tabs and line breaks, which stand between the cells of a table.
  [/\p{Zs}+/gu, ' '],
  [/[`\u00b4\u02bc\u2018\u2019\u2032\uff07]/g, "'"],
  [/[\u060c\uff0c]/g, ','],
  [/[\u3002\uff0e\uff61]/g, '.'],
  [/[\u2010-\u2015\u2212\ufe63\uff0d]/g, '-'],
  [/\uff04/g, '$'],
  [/\uffe1/g, '£'],
  [/\uffe5/g, '¥'],
  [/\uffe6/g, '₩'],
];
/** The Arabic decimal separator, which has no other meaning. The one for groups is U+066C. */
const ARABIC_DECIMAL = '\u066b';

const DOLLARS =
  'ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD USD UYU XCD';
/** Currency signs and the currencies that use them. A sign that is missing here is refused. */
const SIGNS: Readonly<Record<string, string>> = {
  $: DOLLARS,
  '£': 'EGP FKP GBP GIP LBP SDG SHP SSP SYP',
  '¥': 'CNY JPY',
  '֏': 'AMD',
  '؋': 'AFN',
  '৳': 'BDT',
  '฿': 'THB',
  '៛': 'KHR',
  '₡': 'CRC SVC',
  '₦': 'NGN',
  '₨': 'LKR MUR NPR PKR SCR',
  '₩': 'KPW KRW',
  '₪': 'ILS',
  '₫': 'VND',
  '€': 'EUR',
  '₭': 'LAK',
  '₮': 'MNT',
  '₱': 'PHP',
  '₲': 'PYG',
  '₴': 'UAH',
  '₵': 'GHS',
  '₸': 'KZT',
  '₹': 'INR',
  '₺': 'TRY',
  '₼': 'AZN',
  '₽': 'RUB',
  '₾': 'GEL',
  '﷼': 'IRR OMR QAR SAR YER',
};
/**
 * Names of currencies that are neither a code nor a sign, in capitals. A sign after the code or after its first two letters ("US$", "CAD$",
 * "CN¥") needs no entry.
 */
const NAMES: Readonly<Record<string, string>> = {
  A$: 'AUD',
  B$: 'BND BSD',
  BAHT: 'THB',
  BDS$: 'BBD',
  C$: 'CAD NIO',
  CFA: 'XAF XOF',
  CI$: 'KYD',
  DH: 'AED MAD',
  DHS: 'AED MAD',
  DIN: 'RSD',
  'DIN.': 'RSD',
  EC$: 'XCD',
  'E£': 'EGP',
  EURO: 'EUR',
  EUROS: 'EUR',
  FCFA: 'XAF XOF',
  FR: 'CHF',
  'FR.': 'CHF',
  FT: 'HUF',
  G$: 'GYD',
  J$: 'JMD',
  KC: 'CZK',
  KČ: 'CZK',
  KM: 'BAM',
  KR: 'DKK EEK ISK NOK SEK',
  'KR.': 'DKK ISK NOK SEK',
  L$: 'LRD',
  LEI: 'MDL RON',
  LEK: 'ALL',
  LEU: 'MDL RON',
  MEX$: 'MXN',
  MOP$: 'MOP',
  N$: 'NAD',
  NIS: 'ILS',
  NT$: 'TWD',
  R: 'ZAR',
  R$: 'BRL',
  RD$: 'DOP',
  RM: 'MYR',
  RMB: 'CNY',
  RP: 'IDR',
  'RP.': 'IDR',
  RS: 'INR LKR MUR NPR PKR SCR',
  'RS.': 'INR LKR MUR NPR PKR SCR',
  S$: 'SGD',
  SI$: 'SBD',
  SFR: 'CHF',
  'SFR.': 'CHF',
  T$: 'TOP',
  TL: 'TRY',
  U$: 'USD',
  WON: 'KPW KRW',
  WS$: 'WST',
  YEN: 'JPY',
  YUAN: 'CNY',
  Z$: 'ZWL',
  ZL: 'PLN',
  ZŁ: 'PLN',
  ΕΥΡΩ: 'EUR',
  ΕΥΡΏ: 'EUR',
  ГРН: 'UAH',
  'ГРН.': 'UAH',
  ДИН: 'RSD',
  'ДИН.': 'RSD',
  ЕВРО: 'EUR',
  ЛВ: 'BGN',
  'ЛВ.': 'BGN',
  Р: 'BYN RUB',
  'Р.': 'BYN RUB',
  РУБ: 'BYN RUB',
  'РУБ.': 'BYN RUB',
  ТГ: 'KZT',
  'ТГ.': 'KZT',
  元: 'CNY HKD TWD',
  円: 'JPY',
  원: 'KPW KRW',
};
/** A point directly after another name is refused: "Rs.50" is fifty, and "EUR.50" may be that or a half. */
const WITH_POINT = Object.keys(NAMES)
  .filter((name) => name.endsWith('.'))
  .map((name) => name.replace('.', '\\.'))
  .join('|');
const NAME = `${WITH_POINT}|\\p{L}{1,5} ?\\p{Sc}|\\p{Sc} ?\\p{L}{1,5}|\\p{Sc}|\\p{L}{1,5}`;
/** An amount with the name of its currency on either side or both. There may be a minus on either side of the one in front. */
const WITH_NAMES = new RegExp(
  `^(-?) ?(?:(${NAME})(?!(?<=\\p{L})[.,]) ?)?(-?) ?([^\\p{Sc}\\p{L}]*?)(?: ?(${NAME}))?$`,
  'iu',
);

/** Groups of three, or the Indian groups of two above the last three. Never begins with a zero. */
const GROUPED = /^[1-9]\d{0,2}(?:G\d{3})+$|^[1-9]\d?(?:G\d{2})*G\d{3}$/;

/** A dash instead of decimals: "12,-", "12.–", "12:-". */
const NO_DECIMALS = /([.,]|:(?=-)) ?-{0,2}$/;

/**
 * Reads an amount as a person types or pastes it: "12.34", "1.200,50", "1 200", "1’200.50", "₹1,00,000", "१२.५०", "EUR 12", "US$12.50",
 * "12,-". Accepts only what has one reading, so that no price is saved as a hundredth or a thousandth of what was meant. "1.200" euros are
 * refused: they are twelve hundred in one country and one and a fifth in another. "1,200" euros have one reading, because nobody writes
 * three decimals of a euro. Of a currency with three decimals, "1.500" is what forms show (`toDecimal`) and is read as such, and "1,500" is
 * refused. Throws RangeError if `currency` is not a currency code.
 */
export function readTypedAmount(text: string, currency: string): TypedAmount {
  const digits = currencyDigits(currency);
  if (text.length > MAX_TYPED_AMOUNT) return { problem: 'unreadable' };
  const body = withoutCurrency(tidy(text), currency);
  if (typeof body !== 'string') return body;
  const negative = body.startsWith('-');
  const read = readNumber(body.replace(/^- ?/, ''), digits);
  if (read === null) return { problem: 'unreadable' };
  if (typeof read === 'object') {
    const { thousands, decimals } = read;
    return {
      problem: 'ambiguous',
      readings: [asWritten(thousands, currency), asWritten(decimals, currency)],
    };
  }
  const fraction = read.split('.')[1] ?? '';
  // "1200.00" yen are 1200.
  if (fraction.length > digits && !(digits === 0 && /^00?$/.test(fraction))) return { problem: 'decimals' };
  try {
    return { money: parseMoney(negative ? `-${read}` : read, currency) };
  } catch {
    // The number has been read, but its minor units are not safe integers.
    return { problem: negative ? 'unreadable' : 'tooHigh' };
  }
}

/** Returns a number with the currency's decimals, or as it is if it has more of them or is too large. */
function asWritten(number: string, currency: string): string {
  try {
    return toDecimal(parseMoney(number, currency));
  } catch {
    return number;
  }
}

/** Writes every digit and separator in its plain form. */
function tidy(text: string): string {
  const plain = Array.from(text.trim().replace(INVISIBLE, ''), (char) => DIGITS.get(char) ?? char).join('');
  return FORMS.reduce((tidied, [form, plainForm]) => tidied.replace(form, plainForm), plain).trim();
}

/** Removes the currency's code, sign or name from both ends. */
function withoutCurrency(text: string, currency: string): string | Refusal {
  const match = WITH_NAMES.exec(text);
  if (!match) return { problem: 'unreadable' };
  const [, before = '', front = '', after = '', rest = '', back = ''] = match;
  if ((before && after) || !/\d/.test(rest)) return { problem: 'unreadable' };
  const names = [front, back].filter((name) => name !== '' && !isNameOf(name, currency));
  // Any other word ("€ HT", "From $") names no currency.
  if (names.length > 0) return { problem: names.every(isName) ? 'otherCurrency' : 'unreadable' };
  return `${before || after}${rest.trim()}`;
}

/** Splits a name into its sign and its letters. `written` has the sign after the letters: "$ US" is written in French. */
function partsOf(name: string): { sign: string; letters: string; written: string } {
  const capitals = name.toUpperCase().replace(/ /g, '');
  const sign = /\p{Sc}/u.exec(capitals)?.[0] ?? '';
  const letters = capitals.replace(sign, '');
  return { sign, letters, written: `${letters}${sign}` };
}

/** Whether this is the name of any currency. */
function isName(name: string): boolean {
  const { sign, letters, written } = partsOf(name);
  const users = SIGNS[sign]?.split(' ') ?? [];
  return (
    letters === '' ||
    isListedCurrency(letters) ||
    Object.hasOwn(NAMES, written) ||
    users.some((code) => code.startsWith(letters.padEnd(2)))
  );
}

function isNameOf(name: string, currency: string): boolean {
  const { sign, letters, written } = partsOf(name);
  if (letters === currency && (!sign || isUsedBy(SIGNS[sign], currency))) return true;
  if (!sign || NAMES[written]) return isUsedBy(NAMES[written], currency);
  return (!letters || currency.startsWith(letters.padEnd(2))) && isUsedBy(SIGNS[sign], currency);
}
const isUsedBy = (currencies: string | undefined, currency: string): boolean =>
  currencies?.split(' ').includes(currency) ?? false;

/**
 * Returns a number without separators of thousands and with a point before its decimals, both numbers that it may be, or null. `digits` are
 * the decimals of the currency.
 */
function readNumber(typed: string, digits: number): string | { thousands: string; decimals: string } | null {
  const text = typed.replace(NO_DECIMALS, (_, point: string) => (point === ':' ? '.' : point));
  if (!/\d/.test(text) || !/^[\d.,' \u066b\u066c]+$/.test(text)) return null;
  const separators = text.replace(/\d/g, '');
  const last = separators.at(-1);
  if (last === undefined) return text;
  const at = text.lastIndexOf(last);
  const [whole, fraction] = [text.slice(0, at), text.slice(at + 1)];
  const kinds = new Set(separators);
  const isDecimal = (char: string) => char === '.' || char === ',' || char === ARABIC_DECIMAL;

  if (kinds.size > 2) return null;
  if (kinds.size === 2) {
    // "1.200,50": the last one is the decimal separator, and the other one separates groups.
    const [group = ''] = separators;
    if (!isDecimal(last) || group === ARABIC_DECIMAL || separators.indexOf(last) !== separators.length - 1)
      return null;
    const grouped = ungroup(whole, group);
    return grouped !== null && /^\d*$/.test(fraction) ? withFraction(grouped, fraction) : null;
  }
  if (separators.length > 1 || !isDecimal(last)) return last === ARABIC_DECIMAL ? null : ungroup(text, last);
  const decimals = withFraction(whole, fraction);
  if (last === ARABIC_DECIMAL || ungroup(text, last) === null) return decimals;
  // Three digits after a single point or comma, which may separate thousands or decimals.
  if (last === '.' && digits === 3) return decimals;
  const thousands = `${whole}${fraction}`;
  return (last === ',' && digits < 3) || digits === 0 ? thousands : { thousands, decimals };
}

const withFraction = (whole: string, fraction: string): string =>
  fraction === '' ? whole : `${whole || '0'}.${fraction}`;

/** Removes the separators of groups, or returns null if they do not stand where groups end. */
function ungroup(text: string, separator: string): string | null {
  return GROUPED.test(text.replaceAll(separator, 'G')) ? text.replaceAll(separator, '') : null;
}
