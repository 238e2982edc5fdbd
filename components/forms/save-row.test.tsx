import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { InWords } from '@/tests/support/in-words';
import { READ_ONLY, SaveRow } from './save-row';

const row = (more: Partial<Parameters<typeof SaveRow>[0]> = {}) =>
  renderToStaticMarkup(
    <InWords>
      <SaveRow saving={false} saved={false} {...more} />
    </InWords>,
  );

test('a disabled button states its reason next to it, also for screen readers', () => {
  const html = row({ blocked: 'Choose at least one topic.' });
  const [, id] = /<button[^>]*disabled=""[^>]*aria-describedby="([^"]+)"/.exec(html) ?? [];
  expect(html).toContain(`<p id="${id}"`);
  expect(html).toContain('>Choose at least one topic.</p>');
  expect(row({ blocked: READ_ONLY })).toContain('>Only owners and managers can change this.</p>');
  expect(row()).not.toMatch(/disabled=|<p /);
});
