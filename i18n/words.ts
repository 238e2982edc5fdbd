import { createTranslator, type NamespaceKeys, type NestedKeyOf } from 'use-intl/core';
import { isolated, isolatedValues } from '@/server/foundation/bidi-text';
import { type Fact, isFact, type Param, type Words, type WordsFor } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { formatMoney } from '@/server/foundation/money';
import { zoneHere } from '@/server/foundation/zones/zone-here';
import { type AnyLocale, DEFAULT_LOCALE, intlTag } from './locales';
import { type Catalogue, messagesOf } from './messages';
import { readerLocale } from './reader-locale';

const DAY = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const SHOWN = {
  day: DAY,
  time: TIME,
  both: { weekday: 'short', ...DAY, ...TIME },
  weekday: { weekday: 'long' },
} as const;

/** Cached, because formatters cost far more to create than to use. Their number is bounded by the runtime's time zones. */
const times = new Map<string, Intl.DateTimeFormat>();
function timesIn(locale: AnyLocale, zone: string, show: keyof typeof SHOWN): Intl.DateTimeFormat {
  const name = `${locale} ${show} ${zone}`;
  let format = times.get(name);
  if (!format) {
    format = new Intl.DateTimeFormat(intlTag(locale), { ...SHOWN[show], timeZone: zoneHere(zone) });
    times.set(name, format);
  }
  return format;
}

const logged = (error: Error) =>
  log().error({ err: error }, 'a message of the catalogue could not be formatted');

function makeWords(locale: AnyLocale, messages: Catalogue): Words {
  // Fact names also come from stored rows, so they are checked when they are shown.
  const t = createTranslator({
    locale,
    messages: messages.facts,
    onError: logged,
    getMessageFallback: ({ key }) => key,
  }) as unknown as (key: string, values?: Record<string, string | number>) => string;

  const time = (at: string, show?: keyof typeof SHOWN, zone = 'UTC'): string =>
    timesIn(locale, zone, show ?? 'both').format(new Date(at));
  const weekday = (day: number): string => {
    if (!(day >= 1 && day <= 7)) throw new RangeError(`${day} is not a day of the week`);
    // 1 January 2024 was a Monday.
    return time(`2024-01-0${day}T00:00Z`, 'weekday');
  };
  const shown = (param: Param): string | number => {
    if (typeof param === 'number') return param;
    if (typeof param === 'string') return isolated(param);
    if (isFact(param)) return 'verbatim' in param ? isolated(param.verbatim) : say(param);
    if ('instant' in param) return time(param.instant, param.show, param.zone);
    if ('weekday' in param) return weekday(param.weekday);
    if ('local' in param)
      return param.local.includes('T')
        ? time(`${param.local}Z`, param.show)
        : time(`${param.local}T00:00Z`, param.show ?? 'day');
    if ('list' in param) {
      const items = param.list.map((one) => String(shown(one)));
      if (param.as === 'space') return items.join(' ');
      const type = param.as === 'or' ? 'disjunction' : 'conjunction';
      return new Intl.ListFormat(intlTag(locale), { type }).format(items);
    }
    return formatMoney(param, intlTag(locale, 'money'));
  };
  const say = (value: Fact | string): string => {
    if (typeof value === 'string') return value;
    if ('verbatim' in value) return value.verbatim;
    try {
      const values = Object.fromEntries(
        Object.entries(value.params ?? {}).map(([name, param]) => [name, shown(param)]),
      );
      return t(value.fact, values);
    } catch (error) {
      // The row may come from a newer version or may have been edited by hand. It must not prevent the others from being shown.
      log().error({ err: error, fact: value.fact }, 'a fact could not be formatted');
      return value.fact;
    }
  };
  return { locale, say };
}

const made = new Map<AnyLocale, Words>();
/** Returns the words of a language. */
export function wordsIn(locale: AnyLocale): Words {
  let words = made.get(locale);
  if (!words) {
    words = makeWords(locale, messagesOf(locale));
    made.set(locale, words);
  }
  return words;
}

/** Returns the words in the language that the browser of a request asks for. */
export const wordsFor: WordsFor = (request) => wordsIn(readerLocale(request.headers));

/** Returns a translator for one part of the catalogue and for facts, for text that the server writes outside of pages. */
export function translatorFor<const N extends NamespaceKeys<Catalogue, NestedKeyOf<Catalogue>>>(
  locale: AnyLocale,
  namespace: N,
  onError: (error: Error) => void = logged,
) {
  const t = isolating(createTranslator({ locale, messages: messagesOf(locale), namespace, onError }));
  return { locale, t, say: wordsIn(locale).say };
}

/** Makes a translator isolate the texts that it puts into messages: a name in Hebrew must not reorder an English sentence. */
function isolating<T extends object>(translator: T): T {
  type Say = (key: string, values?: object, ...rest: unknown[]) => unknown;
  const given = translator as unknown as Say & Record<'rich' | 'markup', Say>;
  const through =
    (say: Say): Say =>
    (key, values, ...rest) =>
      say(key, isolatedValues(values), ...rest);
  return Object.assign(through(given), given, {
    rich: through(given.rich),
    markup: through(given.markup),
  }) as unknown as T;
}
export type Translator<N extends NamespaceKeys<Catalogue, NestedKeyOf<Catalogue>>> = ReturnType<
  typeof translatorFor<N>
>;

/** Renders a fact in English, for logs. */
export const english = (value: Fact | string): string => wordsIn(DEFAULT_LOCALE).say(value);
