import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { BehindNote } from './behind-note';

const sent = { title: 'Weekly planner', description: 'Printable.', tags: [], fileId: null };
const shown = (behind: ('title' | 'tags')[], state: 'active' | 'delisted' = 'active') =>
  renderToStaticMarkup(<BehindNote listing={{ behind, sent, connectionName: 'My shop', state }} />);

test('says what a shop keeps after an edit, what to do, and what was sent', () => {
  const html = shown(['title', 'tags']);
  expect(html.replace(/<[^>]*>/g, '')).toContain('My shop keeps the title and tags as sent.');
  expect(html).toContain('take it down and list it again');
  expect(html).toContain('Weekly planner');
});

test('says nothing where the shop shows the product as it is, or nothing any more', () => {
  expect(shown([])).toBe('');
  expect(shown(['title'], 'delisted')).toBe('');
});
