import { createTranslator } from 'use-intl/core';
import { acceptedLanguages, chooseLocale } from './locales';
import { messagesOf } from './messages';
import { wordsIn } from './words';

/** What the page behind the links of an approval's e-mail says its things with, in the language that a browser asks for. */
export function linkWordsIn(acceptLanguage: string | null) {
  const locale = chooseLocale(acceptedLanguages(acceptLanguage));
  return {
    locale,
    t: createTranslator({ locale, messages: messagesOf(locale), namespace: 'approvalLink' }),
    say: wordsIn(locale).say,
  };
}
