import type { InstantParam } from '@/server/foundation/facts';
import { localTimeOf } from '@/server/foundation/local-time';
import { formatMoney, type Money } from '@/server/foundation/money';
import { todaysZone } from '@/server/foundation/zones/time-zones';
import { type AnyLocale, chooseLocale, intlTag, LOCALES, PSEUDO_LOCALE } from './locales';
import { type Translator, translatorFor } from './words';

/** The texts and formatters of an e-mail template, in its reader's language. */
export interface EmailWords extends Translator<'emails'> {
  /** Formats a moment as local time with its zone, `2026-03-03 09:12 (Europe/Berlin)`; in UTC if it has no zone. */
  moment(at: InstantParam): string;
  money(amount: Money): string;
}

const made = new Map<AnyLocale, EmailWords>();
/**
 * Returns the texts of e-mails in the language of `tag`, or in the closest one available. Rendering throws on a missing text or value, so
 * that no e-mail is sent with a gap in it.
 */
export function emailWordsIn(tag: string): EmailWords {
  const locale = chooseLocale([tag], [...LOCALES, PSEUDO_LOCALE]);
  let words = made.get(locale);
  if (!words) {
    words = {
      ...translatorFor(locale, 'emails', (error) => {
        throw error;
      }),
      moment: ({ instant, zone }) => {
        const local = localTimeOf(new Date(instant), zone ?? 'UTC').replace('T', ' ');
        return zone && zone !== 'UTC' ? `${local} (${todaysZone(zone)})` : `${local} UTC`;
      },
      money: (amount) => formatMoney(amount, intlTag(locale, 'money')),
    };
    made.set(locale, words);
  }
  return words;
}
