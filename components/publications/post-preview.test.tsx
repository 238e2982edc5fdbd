// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { InWords } from '@/tests/support/in-words';
import { PostPreview } from './post-preview';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
beforeEach(() => {
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});
const show = (platform: string, text: string, link?: string, parts: { text: string }[] = []) =>
  act(async () =>
    root.render(
      <InWords>
        <PostPreview platform={platform} text={text} link={link ?? null} parts={parts} />
      </InWords>,
    ),
  );
const marked = () => [...document.querySelectorAll('.text-accent')].map((each) => each.textContent);

test('marks what X makes a link, as X shows it', async () => {
  await show('x', 'https://example.com/aをご覧 example.org/x. https://ashort.url?a=1 #new by @mira_draws');
  await eventually(() =>
    act(async () => expect(marked()).toEqual(['example.com/a', 'example.org/x', '#new', '@mira_draws'])),
  );
  await show('x', 'See https://www.example.com/a-very-long-path/to-somewhere', 'https://www.example.com/a');
  expect(marked()).toEqual(['example.com/a-very-long-path/…', 'example.com/a']);
});

test('marks links on Facebook by the general rules, without the punctuation after them', async () => {
  await show('facebook', 'See https://example.com/a. And #new');
  expect(marked()).toEqual(['https://example.com/a', '#new']);
});

test('shows a link on a card where it has a field of its own, and in the text elsewhere', async () => {
  await show('facebook', 'Hello', 'https://example.com/a');
  expect(document.body.textContent).toContain('example.com');
  expect(document.body.textContent).not.toContain('https://');
  await show('x', 'Hello', 'https://example.com/a');
  await eventually(() => act(async () => expect(marked()).toEqual(['example.com/a'])));
});

test('folds a long text only where the platform does', async () => {
  await show('facebook', 'word '.repeat(200));
  expect(document.querySelector('button')?.textContent).toBe('See more');
  await show('x', 'word '.repeat(50));
  expect(document.querySelector('button')).toBeNull();
});

test('shows what follows a post as the rest of its thread, or as comments', async () => {
  const parts = [{ text: 'Second #part' }, { text: 'Third' }];
  const items = () => [...document.querySelectorAll('li')];
  await show('x', 'First', undefined, parts);
  await eventually(() => act(async () => expect(items()).toHaveLength(2)));
  expect(items().map((item) => item.textContent)).toEqual([
    expect.stringMatching(/@.*Second #part$/),
    expect.stringMatching(/@.*Third$/),
  ]);
  await show('facebook', 'First', undefined, parts.slice(0, 1));
  expect(items().map((item) => item.textContent)).toEqual([expect.stringMatching(/^[^@]*Second #part$/)]);
});
