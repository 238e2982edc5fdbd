import { getRequestConfig } from 'next-intl/server';
import { messagesOf } from './messages';
import { requestLocale } from './request-locale';

/** The configuration of next-intl in server components. */
export default getRequestConfig(async ({ locale: given }) => {
  const locale = given ?? (await requestLocale());
  return { locale, messages: messagesOf(locale), timeZone: 'UTC' };
});
