import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { InWords } from '@/tests/support/in-words';
import { BehindNote } from './behind-note';

const sent = { title: 'Weekly planner', description: 'Printable.', tags: [], fileId: null };
type State = Parameters<typeof BehindNote>[0]['listing']['state'];
const shown = (behind: ('title' | 'tags')[], state: State = 'active') =>
  renderToStaticMarkup(
    <InWords>
      <BehindNote listing={{ behind, sent, connectionName: 'My shop', state }} />
    </InWords>,
  );

test('says what the shop still shows after an edit, what to do, and what was sent', () => {
  const html = shown(['title', 'tags']);
  expect(html.replace(/<[^>]*>/g, '')).toContain('My shop still shows the old title and tags.');
  expect(html).toContain('take it down and list it again');
  expect(html).toContain('Weekly planner');
});

test('says nothing when the shop shows the current product', () => {
  expect(shown([])).toBe('');
});

test.each([
  ['pending', 'will get the old title', 'take it down afterwards'],
  ['listing', 'will get the old title', 'take it down afterwards'],
  ['failed', 'has a draft with the old title', 'trying again uses that draft'],
  ['unknown', 'still shows the old title', 'take it down and list it again'],
] as const)('says what the shop has for a listing that is %s, and what to do', (state, has, remedy) => {
  const text = shown(['title'], state).replace(/<[^>]*>/g, '');
  expect(text).toContain(`My shop ${has}`);
  expect(text).toContain(remedy);
});
