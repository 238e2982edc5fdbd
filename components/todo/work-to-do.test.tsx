// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { InWords } from '@/tests/support/in-words';
import { WorkToDo } from './work-to-do';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const text = 'A line\n<b>& another</b> שלום\n\nhttps://example.com/a';
const file = (fileId: string, alt: string) => ({
  ...{ fileId, alt, kind: 'picture' as const, mime: 'image/png', bytes: 10, width: 3, height: 3 },
  durationMs: null,
});
const shown = (steps: string) => ({ fact: 'plain', text: steps });
let root: Root;
beforeEach(() => {
  document.body.innerHTML = '<div></div>';
  root = createRoot(document.querySelector('div') as HTMLElement);
});
afterEach(() => act(async () => root.unmount()));
const show = (work: Partial<Parameters<typeof WorkToDo>[0]['work']>) =>
  act(async () =>
    root.render(
      <InWords>
        <WorkToDo
          work={
            {
              steps: shown('Open the editor.\nPress Publish.'),
              editor: 'https://handmade.test/new',
              text,
              media: [],
              options: [],
              ...work,
            } as Parameters<typeof WorkToDo>[0]['work']
          }
        />
      </InWords>,
    ),
  );

it('shows the steps in order, where to do them, and each file to download', async () => {
  await show({ media: [file('fil_1', 'A square'), file('fil_2', '')] });
  expect([...document.querySelectorAll('ol > li')].map((step) => step.textContent)).toEqual([
    'Open the editor.',
    'Press Publish.',
  ]);
  const links = [...document.querySelectorAll('a')];
  expect(links.map((link) => link.getAttribute('href'))).toEqual([
    'https://handmade.test/new',
    '/api/files/fil_1',
    '/api/files/fil_2',
  ]);
  expect(links[0]?.textContent).toBe('Open handmade.test');
  expect(links[1]?.hasAttribute('download')).toBe(true);
  expect(document.body.textContent).toContain('A square');
});

it('copies exactly the text that is to be posted', async () => {
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  await show({});
  expect(document.querySelector('[dir=auto]')?.textContent).toBe(text);
  await act(async () => document.querySelector('button')?.click());
  expect(writeText).toHaveBeenCalledExactlyOnceWith(text);
});

it('shows no text and no button for a post of pictures alone', async () => {
  await show({ text: '', media: [file('fil_1', '')] });
  expect(document.querySelector('button')).toBeNull();
});
