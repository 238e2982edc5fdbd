import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { saveBlockReason } from './blocked';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'compose' });

test('a blocked edit gives its reason as text, such as an account that was unticked or a scope that is still unknown', () => {
  const ready = { canWrite: true, busy: false, scope: undefined };
  expect(saveBlockReason(ready, t)).toBeNull();
  expect(saveBlockReason({ ...ready, scope: { blocked: null } }, t)).toBeNull();
  expect(saveBlockReason({ ...ready, scope: { blocked: 'It is still scheduled for X.' } }, t)).toBe(
    'It is still scheduled for X.',
  );
  for (const not of [{ canWrite: false }, { busy: true }, { scope: null }])
    expect(saveBlockReason({ ...ready, ...not }, t)).toMatch(/\w+\.$/);
});
