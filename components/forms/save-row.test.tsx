import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { SaveRow } from './save-row';

const row = (more: Partial<Parameters<typeof SaveRow>[0]> = {}) =>
  renderToStaticMarkup(<SaveRow saving={false} saved={false} {...more} />);

test('a button that cannot be used says why beside it, also to a screen reader', () => {
  const html = row({ blocked: 'Choose at least one topic.' });
  const [, id] = /<button[^>]*disabled=""[^>]*aria-describedby="([^"]+)"/.exec(html) ?? [];
  expect(html).toContain(`<p id="${id}"`);
  expect(html).toContain('>Choose at least one topic.</p>');
  expect(row()).not.toMatch(/disabled=|<p /);
});
