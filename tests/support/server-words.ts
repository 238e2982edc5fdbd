import { createFormatter, createTranslator, type NamespaceKeys, type NestedKeyOf } from 'use-intl/core';
import type { Messages } from '@/i18n/message-types';
import { messagesOf } from '@/i18n/messages';

/**
 * `next-intl/server` in English, for tests that call a page, because outside Next the original functions only report that they are for
 * server components. A test mocks the module with this one.
 */
export const getTranslations = async <N extends NamespaceKeys<Messages, NestedKeyOf<Messages>>>(
  namespace: N,
) => createTranslator({ locale: 'en', messages: messagesOf('en'), namespace });
export const getFormatter = async () => createFormatter({ locale: 'en', timeZone: 'UTC' });
export const getLocale = async () => 'en';
export const getMessages = async () => messagesOf('en');
