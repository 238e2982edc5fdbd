// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TRPCReactProvider } from '@/components/trpc/client';
import { InWords } from '@/tests/support/in-words';
import { ChoiceCard } from './choice-card';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const NAMES = ['Café Zoë', 'Cafe\u0301 du Nord', 'İstanbul', 'Straße', 'Łódź', 'A', 'B', 'C', 'D', 'E', 'F'];
const nothing = () => {};
let root: Root;
beforeEach(async () => {
  document.body.innerHTML = '<div></div>';
  root = createRoot(document.querySelector('div') as HTMLElement);
  await act(async () =>
    root.render(
      <InWords>
        <TRPCReactProvider>
          <ChoiceCard
            choice={{
              id: 'coc_1',
              platform: 'facebook',
              environment: 'live',
              expiresAt: new Date('2026-03-02T10:30:00Z'),
              room: null,
              accounts: NAMES.map((name) => ({ remoteId: name, name, url: null, connected: false })),
            }}
            platformName="Facebook"
            noun="Page"
            zone="UTC"
            arriving={false}
            onDone={nothing}
            onDropped={nothing}
            onOver={nothing}
          />
        </TRPCReactProvider>
      </InWords>,
    ),
  );
});
afterEach(() => act(async () => root.unmount()));

/** Types a search as a browser does, and returns the accounts that are left. */
async function search(term: string): Promise<(string | null)[]> {
  const field = document.querySelector<HTMLInputElement>('input[type=search]');
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, term);
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });
  return [...document.querySelectorAll('bdi')].map((name) => name.textContent);
}

it.each([
  ['CAFE', ['Café Zoë', 'Cafe\u0301 du Nord']],
  ['cafe\u0301', ['Café Zoë', 'Cafe\u0301 du Nord']],
  [' zoe ', ['Café Zoë']],
  ['istanbul', ['İstanbul']],
  ['strasse', ['Straße']],
  ['lodz', ['Łódź']],
])('a search for %j finds %j', async (term, names) => {
  expect(await search(term)).toEqual(names);
});
