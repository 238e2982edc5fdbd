import type { AnyLocale } from './locales';
import type { Messages as Catalogue } from './message-types';

declare module 'use-intl' {
  interface AppConfig {
    Locale: AnyLocale;
    Messages: Catalogue;
  }
}
