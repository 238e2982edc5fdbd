// @vitest-environment happy-dom
import { act, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { useGone } from './use-gone';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let gone: () => boolean;
function Page() {
  gone = useGone();
  return (
    <>
      <a href="/home">Home</a>
      <a href="/home" target="_blank" rel="noreferrer">
        Home in another tab
      </a>
      <a href="?tab=two">Tab</a>
      <button type="button">Save</button>
    </>
  );
}
const click = (name: string, init: MouseEventInit = {}) => {
  const found = [...document.querySelectorAll('a, button')].find((one) => one.textContent === name);
  // A link of the app is followed by its router, so the browser does nothing.
  found?.addEventListener('click', (event) => event.preventDefault(), { once: true });
  found?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...init }));
};
const show = () => {
  root = createRoot(document.body.appendChild(document.createElement('div')));
  act(() =>
    root.render(
      <StrictMode>
        <Page />
      </StrictMode>,
    ),
  );
};
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});

test('a user who followed a link has gone, even before its page has loaded', () => {
  show();
  expect(gone()).toBe(false);
  click('Home');
  expect(gone()).toBe(true);
});

test.each([
  ['Save', {}],
  ['Home in another tab', {}],
  ['Home', { ctrlKey: true }],
  ['Home', { metaKey: true }],
  ['Tab', {}],
])('%s with %j stays on the page', (name, init) => {
  show();
  click(name, init);
  expect(gone()).toBe(false);
});

test('a user whose page was replaced has gone', () => {
  show();
  act(() => root.render(<p>Another page</p>));
  expect(gone()).toBe(true);
});
