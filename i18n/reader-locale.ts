import { env } from '@/server/foundation/env';
import { type AnyLocale, acceptedLanguages, chooseLocale, LOCALES, PSEUDO_LOCALE } from './locales';

/** Returns the language of a request's reader, as their browser requests it. The pseudo-locale is only used if its setting is on. */
export const readerLocale = (headers: Pick<Headers, 'get'>): AnyLocale =>
  chooseLocale(
    acceptedLanguages(headers.get('accept-language')),
    env().TRIBUTARY_PSEUDO_LOCALE ? [...LOCALES, PSEUDO_LOCALE] : LOCALES,
  );
