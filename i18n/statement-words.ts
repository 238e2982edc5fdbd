import { createTranslator } from 'use-intl/core';
import { acceptedLanguages, chooseLocale } from './locales';
import { messagesOf } from './messages';
import { wordsIn } from './words';

/** What a month's statement says its things with, in the language that a browser asks for. */
export function statementWordsIn(acceptLanguage: string | null) {
  const locale = chooseLocale(acceptedLanguages(acceptLanguage));
  return {
    locale,
    t: createTranslator({ locale, messages: messagesOf(locale), namespace: 'statement' }),
    say: wordsIn(locale).say,
  };
}
export type StatementWords = ReturnType<typeof statementWordsIn>;
