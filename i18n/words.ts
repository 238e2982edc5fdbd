import { createTranslator } from 'use-intl/core';
import { type Fact, type InstantParam, isFact, type Param, type Words } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { formatMoney } from '@/server/foundation/money';
import { type AnyLocale, acceptedLanguages, chooseLocale, DEFAULT_LOCALE, PSEUDO_LOCALE } from './locales';
import { type Catalogue, messagesOf } from './messages';

/** The tag that Intl formats with: English dates are written as in Britain, and the pseudo-locale's as in English. */
const formattingLocale = (locale: AnyLocale): string =>
  locale === 'en' || locale === PSEUDO_LOCALE ? 'en-GB' : locale;

const DAY = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const SHOWN = { day: DAY, time: TIME, both: { weekday: 'short', ...DAY, ...TIME } } as const;

/** Formatters cost far more to make than to use. There are as many zones as the runtime knows, so they are few enough to keep. */
const times = new Map<string, Intl.DateTimeFormat>();
function timesIn(intl: string, zone: string, show: keyof typeof SHOWN): Intl.DateTimeFormat {
  const name = `${intl} ${show} ${zone}`;
  let format = times.get(name);
  if (!format) {
    format = new Intl.DateTimeFormat(intl, { ...SHOWN[show], timeZone: zone });
    times.set(name, format);
  }
  return format;
}

function makeWords(locale: AnyLocale, messages: Catalogue): Words {
  const intl = formattingLocale(locale);
  // The names of facts come from rows too, so they are checked when they are shown.
  const t = createTranslator({
    locale,
    messages: messages.facts,
    onError: (error) => log().error({ err: error }, 'a message of the catalogue could not be formatted'),
    getMessageFallback: ({ key }) => key,
  }) as unknown as (key: string, values?: Record<string, string | number>) => string;

  const time = (at: string, show: InstantParam['show'], zone = 'UTC'): string =>
    timesIn(intl, zone, show ?? 'both').format(new Date(at));
  const shown = (param: Param): string | number => {
    if (typeof param === 'string' || typeof param === 'number') return param;
    if (isFact(param)) return say(param);
    if ('instant' in param) return time(param.instant, param.show, param.zone);
    if ('local' in param)
      return param.local.includes('T')
        ? time(`${param.local}Z`, param.show)
        : time(`${param.local}T00:00Z`, param.show ?? 'day');
    if ('list' in param)
      return new Intl.ListFormat(intl, { type: param.as === 'or' ? 'disjunction' : 'conjunction' }).format(
        param.list.map((one) => String(shown(one))),
      );
    return formatMoney(param, intl === 'en-GB' ? undefined : intl);
  };
  const say = (value: Fact | string): string => {
    if (typeof value === 'string') return value;
    try {
      const values = Object.fromEntries(
        Object.entries(value.params ?? {}).map(([name, param]) => [name, shown(param)]),
      );
      return t(value.fact, values);
    } catch (error) {
      // A row of a newer version, or one that was changed by hand: it must not keep all others from being shown.
      log().error({ err: error, fact: value.fact }, 'a fact could not be put into words');
      return value.fact;
    }
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

/** The words for whoever sent a request, by what their browser asks for. */
export const wordsFor = (request: { readonly headers: Pick<Headers, 'get'> }): Words =>
  wordsIn(chooseLocale(acceptedLanguages(request.headers.get('accept-language'))));

/** English, for logs. */
export const english = (value: Fact | string): string => wordsIn(DEFAULT_LOCALE).say(value);
