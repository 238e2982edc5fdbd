import { env } from '@/server/foundation/env';
import { type AnyLocale, acceptedLanguages, chooseLocale, LOCALES, PSEUDO_LOCALE } from './locales';

/** The language of a request's reader: what their browser asks for. The pseudo-locale only where the setting for it is on. */
export const readerLocale = (headers: Pick<Headers, 'get'>): AnyLocale =>
  chooseLocale(
    acceptedLanguages(headers.get('accept-language')),
    env().TRIBUTARY_PSEUDO_LOCALE ? [...LOCALES, PSEUDO_LOCALE] : LOCALES,
  );
