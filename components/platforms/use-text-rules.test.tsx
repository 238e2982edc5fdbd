// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { useTextRules } from './use-text-rules';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
const attempts = vi.hoisted(() => ({ count: 0 }));
vi.mock('@/server/connectors/text-rules', () => ({
  get textRules() {
    if (++attempts.count === 1) throw new Error('the network is away');
    return () => ({ count: (text: string) => text.length });
  },
}));

let root: Root;
afterEach(() => {
  act(() => root.unmount());
  vi.useRealTimers();
});

function Page() {
  const rules = useTextRules()('x');
  return <p>{rules ? rules.count('four') : 'loading'}</p>;
}

test('rules that could not be loaded are loaded again a moment later', async () => {
  vi.useFakeTimers();
  const page = document.createElement('div');
  root = createRoot(page);
  await act(async () => root.render(<Page />));
  await act(async () => vi.dynamicImportSettled());
  expect([attempts.count, page.textContent]).toEqual([1, 'loading']);
  await act(async () => vi.advanceTimersByTimeAsync(3_000));
  await act(async () => vi.dynamicImportSettled());
  expect(page.textContent).toBe('4');
});
