import { readdirSync, readFileSync } from 'node:fs';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it, vi } from 'vitest';
import { redirectDocument } from './lead-to';

let sent: Record<string, string> = {};
vi.mock('next/headers', () => ({ headers: async () => new Headers(sent) }));

const redirected = () =>
  redirectDocument('/onboarding/topics').then(
    (shown) => renderToStaticMarkup(shown),
    (error: { digest?: string }) => error.digest,
  );

it.each([
  ['a browser', { 'sec-fetch-dest': 'document', accept: 'text/html,*/*' }],
  ['a browser over plain HTTP', { accept: 'text/html,application/xhtml+xml,*/*' }],
])('redirects a document requested by %s', async (_, headers) => {
  sent = headers;
  expect(await redirected()).toMatch(/^NEXT_REDIRECT;\w+;\/onboarding\/topics;/);
});

it.each([
  ['to prefetch it or after a click', { 'sec-fetch-dest': 'empty', accept: '*/*' }],
  ['over plain HTTP', { accept: '*/*' }],
  ['as the target of an action', { 'sec-fetch-dest': 'empty', accept: 'text/x-component' }],
])('gives the router no redirect to cache when it requests a page %s', async (_, headers) => {
  sent = headers;
  const shown = await redirected();
  expect(shown).toContain('role="status"');
  expect(shown).not.toContain('/onboarding');
});

it('no layout redirects, because the router caches layouts and reuses them for other pages', () => {
  const layouts = readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('layout.tsx'))
    .map((file) => `app/${file}`);
  expect(layouts.length).toBeGreaterThan(3);
  for (const layout of layouts)
    expect(readFileSync(layout, 'utf8'), layout).not.toMatch(/\bredirect\(|requireViewer\(/);
});
