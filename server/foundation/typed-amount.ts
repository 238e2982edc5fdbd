import { currencyDigits, type Money, parseMoney } from './money';

/**
 * Why a typed amount is not accepted: it is not an amount (`unreadable`), it can be read in two ways (`ambiguous`), it has more decimals
 * than the currency (`decimals`), or it names another currency (`otherCurrency`).
 */
export type AmountProblem = 'unreadable' | 'ambiguous' | 'decimals' | 'otherCurrency' | 'tooHigh';
export type TypedAmount = { readonly money: Money } | { readonly problem: AmountProblem };

/** Longest text that can be an amount. */
export const MAX_TYPED_AMOUNT = 60;

/** The zeros of the scripts whose digits people type, by code point. The nine other digits follow each of them. */
const ZEROS = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
  0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1b50, 0x1c50, 0xa9d0, 0xaa50,
  0xabf0, 0xff10, 0x11136, 0x1e950,
];
const DIGITS = new Map(
  ZEROS.flatMap((zero) =>
    Array.from({ length: 10 }, (_, n): [string, string] => [String.fromCodePoint(zero + n), String(n)]),
  ),
);

/** Marks of direction, which come along when an amount is copied. */
const INVISIBLE = /[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
/** Other forms of the characters that an amount consists of. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\s+/g, ' '],
  [/[\u2018\u2019\uff07]/g, "'"],
  [/[\u060c\uff0c]/g, ','],
  [/\uff0e/g, '.'],
  [/[\u2010-\u2013\u2212\ufe63\uff0d]/g, '-'],
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

/** Groups of three, or the Indian groups of two above the last three. Never begins with a zero. */
const GROUPED = /^[1-9]\d{0,2}(?:G\d{3})+$|^[1-9]\d?(?:G\d{2})*G\d{3}$/;

/**
 * Reads an amount as a person types or pastes it: "12.34", "1.200,50", "1 200", "1’200.50", "₹1,00,000", "१२.५०", "EUR 12". Accepts only what
 * has one reading, so that no price is saved as a hundredth or a thousandth of what was meant. "1.200" euros are refused: they are twelve
 * hundred in one country and one and a fifth in another. "1,200" euros have one reading, because nobody writes three decimals of a euro. Of
 * a currency with three decimals, "1.500" is what forms show (`toDecimal`) and is read as such, and "1,500" is refused. Throws RangeError
 * if `currency` is not a currency code.
 */
export function readTypedAmount(text: string, currency: string): TypedAmount {
  const digits = currencyDigits(currency);
  if (text.length > MAX_TYPED_AMOUNT) return { problem: 'unreadable' };
  const body = withoutCurrency(tidy(text), currency);
  if (typeof body !== 'string') return body;
  const negative = body.startsWith('-');
  const read = readNumber(body.replace(/^- ?/, ''), digits);
  if (typeof read !== 'string') return read;
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

/** Writes every digit and separator in its plain form. */
function tidy(text: string): string {
  const plain = Array.from(text.replace(INVISIBLE, ''), (char) => DIGITS.get(char) ?? char).join('');
  return FORMS.reduce((tidied, [form, plainForm]) => tidied.replace(form, plainForm), plain).trim();
}

/** Removes the currency's code or sign from one end. There may be a minus on either side of it. */
function withoutCurrency(text: string, currency: string): string | { problem: AmountProblem } {
  const match =
    /^(-?) ?(\p{Sc}|[a-z]{3}(?![a-z])) ?(-?) ?([^\p{Sc}\p{L}]*)$/iu.exec(text) ??
    /^(-?) ?()()([^\p{Sc}\p{L}]*?) ?(\p{Sc}|[a-z]{3})$/iu.exec(text);
  if (!match) return /[\p{L}\p{Sc}]/u.test(text) ? { problem: 'unreadable' } : text;
  const [, before = '', front = '', after = '', rest = '', back = ''] = match;
  if ((before && after) || !/\d/.test(rest)) return { problem: 'unreadable' };
  const name = front || back;
  const meant = SIGNS[name]?.split(' ').includes(currency) ?? name.toUpperCase() === currency;
  return meant ? `${before || after}${rest.trim()}` : { problem: 'otherCurrency' };
}

/** Returns a number without separators of thousands and with a point before its decimals. `digits` are the decimals of the currency. */
function readNumber(text: string, digits: number): string | { problem: AmountProblem } {
  const unreadable = { problem: 'unreadable' } as const;
  if (!/\d/.test(text) || !/^[\d.,' \u066b\u066c]+$/.test(text)) return unreadable;
  const separators = text.replace(/\d/g, '');
  const last = separators.at(-1);
  if (last === undefined) return text;
  const at = text.lastIndexOf(last);
  const [whole, fraction] = [text.slice(0, at), text.slice(at + 1)];
  const kinds = new Set(separators);
  const isDecimal = (char: string) => char === '.' || char === ',' || char === ARABIC_DECIMAL;

  if (kinds.size > 2) return unreadable;
  if (kinds.size === 2) {
    // "1.200,50": the last one is the decimal separator, and the other one separates groups.
    const [group = ''] = separators;
    if (!isDecimal(last) || group === ARABIC_DECIMAL || separators.indexOf(last) !== separators.length - 1)
      return unreadable;
    const grouped = ungroup(whole, group);
    return grouped !== null && /^\d+$/.test(fraction) ? `${grouped}.${fraction}` : unreadable;
  }
  if (separators.length > 1 || !isDecimal(last))
    return last === ARABIC_DECIMAL ? unreadable : (ungroup(text, last) ?? unreadable);
  if (fraction === '') return unreadable;
  const decimal = `${whole || '0'}.${fraction}`;
  if (last === ARABIC_DECIMAL || ungroup(text, last) === null) return decimal;
  // Three digits after a single point or comma, which may separate thousands or decimals.
  if (last === '.' && digits === 3) return decimal;
  if ((last === ',' && digits < 3) || digits === 0) return `${whole}${fraction}`;
  return { problem: 'ambiguous' };
}

/** Removes the separators of groups, or returns null if they do not stand where groups end. */
function ungroup(text: string, separator: string): string | null {
  return GROUPED.test(text.replaceAll(separator, 'G')) ? text.replaceAll(separator, '') : null;
}
