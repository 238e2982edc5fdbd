import { createTranslator } from 'use-intl/core';
import { type Fact, type InstantParam, isFact, type Param, type Words } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { formatMoney } from '@/server/foundation/money';
import { type AnyLocale, DEFAULT_LOCALE, PSEUDO_LOCALE } from './locales';
import { type Catalogue, messagesOf } from './messages';

/** The tag that Intl formats with: the pseudo-locale's numbers and dates are English. */
export const formattingLocale = (locale: AnyLocale): string => (locale === PSEUDO_LOCALE ? 'en' : locale);

const SHOWN: Record<NonNullable<InstantParam['show']> | 'both', Intl.DateTimeFormatOptions> = {
  day: { dateStyle: 'medium' },
  time: { timeStyle: 'short' },
  both: { dateStyle: 'medium', timeStyle: 'short' },
};

function makeWords(locale: AnyLocale, messages: Catalogue): Words {
  const intl = formattingLocale(locale);
  // The names of facts come from rows too, so they are checked when they are shown.
  const t = createTranslator({
    locale,
    messages: messages.facts,
    onError: (error) => log().error({ err: error }, 'a message of the catalogue could not be formatted'),
    getMessageFallback: ({ key }) => key,
  }) as unknown as (key: string, values?: Record<string, string | number>) => string;

  const shown = (param: Param): string | number => {
    if (typeof param === 'string' || typeof param === 'number') return param;
    if (isFact(param)) return say(param);
    if ('instant' in param)
      return new Intl.DateTimeFormat(intl, {
        ...SHOWN[param.show ?? 'both'],
        timeZone: param.zone ?? 'UTC',
      }).format(new Date(param.instant));
    if ('list' in param)
      return new Intl.ListFormat(intl, { type: param.as === 'or' ? 'disjunction' : 'conjunction' }).format(
        param.list.map((one) => String(shown(one))),
      );
    return formatMoney(param, intl === 'en' ? undefined : intl);
  };
  const say = (told: Fact | string): string => {
    if (typeof told === 'string') return told;
    const values = Object.fromEntries(
      Object.entries(told.params ?? {}).map(([name, param]) => [name, shown(param)]),
    );
    return t(told.fact, values);
  };
  return { locale, say };
}

const made = new Map<AnyLocale, Words>();
/** The words of a language. */
export function wordsIn(locale: AnyLocale): Words {
  let words = made.get(locale);
  if (!words) {
    words = makeWords(locale, messagesOf(locale));
    made.set(locale, words);
  }
  return words;
}

/** English, for logs. */
export const english = (told: Fact | string): string => wordsIn(DEFAULT_LOCALE).say(told);
