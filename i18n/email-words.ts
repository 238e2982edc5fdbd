import { createTranslator } from 'use-intl/core';
import type { Fact, InstantParam } from '@/server/foundation/facts';
import { localTimeOf } from '@/server/foundation/local-time';
import { formatMoney, type Money } from '@/server/foundation/money';
import { type AnyLocale, chooseLocale, DEFAULT_LOCALE, PSEUDO_LOCALE } from './locales';
import { messagesOf } from './messages';
import { wordsIn } from './words';

const translatorOf = (locale: AnyLocale) =>
  createTranslator({
    locale,
    messages: messagesOf(locale),
    namespace: 'emails',
    // An e-mail with a hole in it is not sent.
    onError: (error) => {
      throw error;
    },
  });

/** What an e-mail's template says its things with, in its reader's language. */
export interface EmailWords {
  readonly locale: AnyLocale;
  readonly t: ReturnType<typeof translatorOf>;
  say(told: Fact | string): string;
  /** A moment as local time with its zone, `2026-03-03 09:12 (Europe/Berlin)`; in UTC when it has none. */
  moment(at: InstantParam): string;
  money(amount: Money): string;
}

const made = new Map<AnyLocale, EmailWords>();
/** The words of e-mails in the language of this tag, or the nearest that there is. */
export function emailWordsIn(tag: string): EmailWords {
  const locale = chooseLocale([tag]);
  let words = made.get(locale);
  if (!words) {
    words = {
      locale,
      t: translatorOf(locale),
      say: wordsIn(locale).say,
      moment: ({ instant, zone }) => {
        const local = localTimeOf(new Date(instant), zone ?? 'UTC').replace('T', ' ');
        return zone ? `${local} (${zone})` : `${local} UTC`;
      },
      money: (amount) =>
        formatMoney(amount, locale === DEFAULT_LOCALE || locale === PSEUDO_LOCALE ? undefined : locale),
    };
    made.set(locale, words);
  }
  return words;
}
