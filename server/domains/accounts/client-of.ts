import { acceptedLanguages, chooseLocale } from '@/i18n/locales';
import { senderOf } from '@/server/foundation/peer';
import { truncateText } from '@/server/foundation/storable';
import type { Client } from '@/server/verbs/context';

/** Reads the client from the request headers. */
export function clientOf(headers: Headers): Client {
  return {
    ip: (senderOf(headers) ?? 'unknown').slice(0, 64),
    // A User-Agent may contain anything a header can hold; only printable characters are stored.
    userAgent: truncateText(headers.get('user-agent')?.replace(/\p{Cc}/gu, '') ?? '', 300) || null,
    locale: chooseLocale(acceptedLanguages(headers.get('accept-language'))),
  };
}
