import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { InWords } from '@/tests/support/in-words';
import { plain } from '@/tests/support/plain';
import { ConnectionOutcome } from './outcome';

const show = (outcome: ReactElement) => renderToStaticMarkup(<InWords>{outcome}</InWords>);
const said = (text: string) => ({ ...plain(text), text });
const nothing = {
  title: said('There is no Page.'),
  words: said('Create a Page first.'),
  label: said('Create a Page'),
  url: 'https://www.facebook.com/pages/create',
};

it('says what to do when there was nothing to connect, and links there', () => {
  const html = show(<ConnectionOutcome code="no_account" platform="Facebook" nothing={nothing} />);
  expect(html).toContain('role="alert"');
  expect(html).toContain('There is no Page.');
  expect(html).toContain('Create a Page first.');
  expect(html).toContain('href="https://www.facebook.com/pages/create"');
});

it('shows that only for its own code, and nothing for an unknown code', () => {
  const html = show(<ConnectionOutcome code="refused" nothing={nothing} />);
  expect(html).toContain('did not allow');
  expect(html).not.toContain('Create a Page');
  for (const code of ['<b>x</b>', '__proto__', 'constructor', ''])
    expect(show(<ConnectionOutcome code={code} nothing={nothing} />)).toBe('');
});
