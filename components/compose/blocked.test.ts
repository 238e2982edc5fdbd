import { expect, test } from 'vitest';
import { saveBlockedBy } from './blocked';

test('why an edit cannot be saved is said in words: the account that was unticked, and what is not known yet', () => {
  const ready = { canWrite: true, busy: false, scope: undefined };
  expect(saveBlockedBy(ready)).toBeNull();
  expect(saveBlockedBy({ ...ready, scope: { blocked: null } })).toBeNull();
  expect(saveBlockedBy({ ...ready, scope: { blocked: 'It still waits to go to X.' } })).toBe(
    'It still waits to go to X.',
  );
  for (const not of [{ canWrite: false }, { busy: true }, { scope: null }])
    expect(saveBlockedBy({ ...ready, ...not })).toMatch(/\w+\.$/);
});
