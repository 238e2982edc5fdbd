// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { InWords } from '@/tests/support/in-words';
import { Palette } from './palette';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => {} }), usePathname: () => '/home' }));

let root: Root | undefined;
afterEach(() => {
  act(() => root?.unmount());
  document.body.replaceChildren();
});

test.each([
  ['facebook', ['Connect an account', 'Connections'], ['Sync sales', 'Listings']],
  ['etsy', ['Connect an account', 'Connections', 'Sync sales', 'Listings'], ['Sign out']],
])('pages and actions are found by the name of a platform: %s', async (typed, shown, hidden) => {
  let rest = typed;
  const takeTyped = () => {
    const taken = rest;
    rest = '';
    return taken;
  };
  root = createRoot(document.body.appendChild(document.createElement('div')));
  await act(async () =>
    root?.render(
      <InWords>
        <Palette onClose={() => {}} signOut={async () => {}} takeTyped={takeTyped} />
      </InWords>,
    ),
  );
  await act(async () => document.querySelector('input')?.focus());
  const items = () => [...document.querySelectorAll('[cmdk-item]')].map((item) => item.textContent);
  await eventually(() =>
    act(async () => {
      expect(items()).toEqual(expect.arrayContaining(shown));
      for (const name of hidden) expect(items()).not.toContain(name);
    }),
  );
});
