import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { saveBlockedBy } from './blocked';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'compose' });

test('why an edit cannot be saved is said in words: the account that was unticked, and what is not known yet', () => {
  const ready = { canWrite: true, busy: false, scope: undefined };
  expect(saveBlockedBy(ready, t)).toBeNull();
  expect(saveBlockedBy({ ...ready, scope: { blocked: null } }, t)).toBeNull();
  expect(saveBlockedBy({ ...ready, scope: { blocked: 'It still waits to go to X.' } }, t)).toBe(
    'It still waits to go to X.',
  );
  for (const not of [{ canWrite: false }, { busy: true }, { scope: null }])
    expect(saveBlockedBy({ ...ready, ...not }, t)).toMatch(/\w+\.$/);
});
