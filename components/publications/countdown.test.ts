import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { secondsShown } from './countdown';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'publications' });

test.each([
  [90_001, null],
  [90_000, 'in 90 s'],
  [11_001, 'in 12 s'],
  [1, 'in 1 s'],
  [0, 'any moment'],
  [-30_000, 'any moment'],
  [-30_001, null],
])('%i milliseconds away: %s', (ms, words) => {
  expect(secondsShown(ms, t)).toBe(words);
});
