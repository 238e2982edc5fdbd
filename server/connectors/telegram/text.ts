import { findUrls, type TextRules } from '../kit/text';

/** Telegram measures texts in UTF-16 code units. */
export const telegramTextRules: TextRules = { findLinks: findUrls, count: (text) => text.length };
