import { type AnyLocale, type Locale, PSEUDO_LOCALE } from './locales';
import type { Messages } from './message-types';
import en from './messages/en';
import { pseudoMessages } from './pseudo';

export type Catalogue = Messages;

const catalogues: Record<Locale, Catalogue> = { en: en as Catalogue };
let pseudo: Catalogue | undefined;

/** Returns all messages of a language. */
export function messagesOf(locale: AnyLocale): Catalogue {
  if (locale !== PSEUDO_LOCALE) return catalogues[locale];
  pseudo ??= pseudoMessages(catalogues.en);
  return pseudo;
}
