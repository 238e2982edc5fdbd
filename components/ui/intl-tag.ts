import { PSEUDO_LOCALE } from '@/i18n/locales';

/** The tag that Intl formats with in a reader's language. English is written in one country's way, which differs by what is shown. */
export const intlTag = (locale: string, english: 'en-GB' | 'en-US'): string =>
  locale === 'en' || locale === PSEUDO_LOCALE ? english : locale;
