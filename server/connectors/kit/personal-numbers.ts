/** What may stand between two digits of a number. */
const GAP = String.raw`[\s.\-–]{1,2}`;
const DIGITS = new RegExp(String.raw`\d(?:(?:${GAP})?\d){11,}`, 'g');
/** Beginnings and lengths of the numbers of cards: Visa, Mastercard, American Express, Diners, JCB, Discover, Maestro and UnionPay. */
const CARD = /^(?:4(?:\d{15}|\d{18})|(?:5\d|2[2-7])\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{15,18})$/;
/** An IBAN in groups of four, also if its end is missing. */
const GROUPED_IBAN =
  /\b[A-Z]{2}\d{2}(?=(?:[ -][A-Z\d]{4})?[ -]\d{4}\b)(?:[ -][A-Z\d]{4}){2,7}(?:[ -][A-Z\d]{1,3})?\b/g;
const IBAN = /\b[A-Z]{2}\d{2}[A-Z\d]{11,30}\b/gi;
/** The number of a person in the United States. */
const SOCIAL_SECURITY = /(?<![\w.,-])\d{3}([- ])\d{2}\1\d{4}(?![\w-])/g;

/** Whether the last digit is the check digit of the others (Luhn). */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit < 5 ? 2 * digit : 2 * digit - 9;
  }
  return sum % 10 === 0;
}
const isCard = (digits: string): boolean => CARD.test(digits) && hasCheckDigit(digits);

/** Whether an IBAN is divisible as it should be (ISO 13616). */
function isIban(text: string): boolean {
  let rest = 0;
  for (const character of text.replace(/^(.{4})(.*)$/, '$2$1')) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Masks the cards among groups of digits. Other numbers, such as a date, may stand next to one. */
function maskCards(run: string): string {
  const groups = [...run.matchAll(/\d+/g)];
  let masked = '';
  let end = 0;
  for (let from = 0; from < groups.length; from++) {
    let digits = '';
    for (let to = from; to < groups.length && digits.length < 19; to++) {
      const first = groups[from];
      const last = groups[to];
      if (!first || !last) break;
      digits += last[0];
      if (!isCard(digits)) continue;
      masked += `${run.slice(end, first.index)}…`;
      end = last.index + last[0].length;
      from = to;
      break;
    }
  }
  return masked + run.slice(end);
}

/**
 * Masks the numbers of cards, bank accounts and persons. Those without separators have to pass their check, so that the ids of orders
 * and payments stay readable.
 */
export const maskPersonalNumbers = (text: string): string =>
  text
    .replace(GROUPED_IBAN, '…')
    .replace(IBAN, (found) => (isIban(found) ? '…' : found))
    .replace(DIGITS, maskCards)
    .replace(SOCIAL_SECURITY, '…');
