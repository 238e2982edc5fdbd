// @vitest-environment happy-dom
import { act } from 'react';
import { hydrateRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { InWords } from '@/tests/support/in-words';
import { Counter, fitsPlatform } from './character-counter';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const text = 'https://example.com/aをご覧ください';
const counters = (
  <InWords>
    <Counter id="x" platform="x" text={text} />
    <Counter id="facebook" platform="facebook" text={text} />
  </InWords>
);
const said = (id: string) => document.getElementById(id)?.textContent ?? null;
let root: Root | undefined;
afterEach(() => {
  act(() => root?.unmount());
  document.body.replaceChildren();
});

test('X’s count appears once its rules are loaded, and the page is hydrated without a difference', async () => {
  const mismatch = vi.fn();
  const page = document.createElement('div');
  page.innerHTML = renderToString(counters);
  document.body.append(page);
  expect(said('x')).toBe('');
  expect(said('facebook')).toBe('28 / 63,206 characters as Facebook counts');
  root = await act(async () => hydrateRoot(page, counters, { onRecoverableError: mismatch }));
  await eventually(() => act(async () => expect(said('x')).toBe('37 / 280 characters as X counts')));
  expect(mismatch).not.toHaveBeenCalled();
});

test('a text fits while the rules are being loaded, because the server decides', () => {
  expect(fitsPlatform(null, 'x', 'a'.repeat(1_000), null, false)).toBe(true);
});
