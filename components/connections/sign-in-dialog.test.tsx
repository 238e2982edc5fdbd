// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import superjson from 'superjson';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TRPCReactProvider } from '@/components/trpc/client';
import type { AvailablePlatform } from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';
import { InWords } from '@/tests/support/in-words';
import { plain } from '@/tests/support/plain';
// Loaded here, so that the form does not wait for it.
import './sign-in-schema';
import { SignInDialog } from './sign-in-dialog';
import { asksFirst, type SignInTarget } from './sign-in-target';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const said = (text: string) => ({ ...plain(text), text });
const KEY = { id: 'key', label: said('Bot token'), help: said('Copy it all.'), secret: true, maxLength: 60 };
const CHANNEL = {
  id: 'channel',
  label: said('Channel'),
  help: said('Its name.'),
  secret: false,
  maxLength: 60,
};
const SERVER = {
  label: said('Your server'),
  help: said('Where your account is.'),
  example: 'one.test',
  usual: '',
};
const platform = (signIn: Partial<Shown<AvailablePlatform>['signIn']>): Shown<AvailablePlatform> => ({
  id: 'x',
  name: 'Keyed',
  accountNoun: 'channel',
  summary: said(''),
  capabilities: [],
  state: 'connectable',
  why: null,
  environments: ['live'],
  nothingToConnect: null,
  signIn: {
    redirects: false,
    fields: [
      { ...KEY, example: '4711:AAF' },
      { ...CHANNEL, example: null },
    ],
    server: null,
    pages: [{ environment: 'live', url: 'https://keyed.test/settings', where: said('Keyed settings') }],
    ...signIn,
  },
});

let root: Root;
let sent: { path: string; input: unknown }[];
let answer: () => object;
let done: string[];
beforeEach(() => {
  document.body.innerHTML = '<div></div>';
  root = createRoot(document.querySelector('div') as HTMLElement);
  sent = [];
  done = [];
  vi.stubGlobal('fetch', async (url: string, init: { body: string }) => {
    const path = new URL(url, 'http://app.test').pathname.replace('/api/trpc/', '');
    sent.push({ path, input: superjson.deserialize(JSON.parse(init.body)[0]) });
    return new Response(JSON.stringify([answer()]), { headers: { 'content-type': 'application/json' } });
  });
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
});
const result = (data: object) => () => ({ result: { data: superjson.serialize(data) } });
const failure = (fields: Record<string, string>) => () => ({
  error: superjson.serialize({
    message: 'Some fields need fixing.',
    code: -32600,
    data: { code: 'BAD_REQUEST', appCode: 'invalid', fields },
  }),
});

const open = (target: Partial<SignInTarget> & Pick<SignInTarget, 'platform'>) =>
  act(async () =>
    root.render(
      <InWords>
        <TRPCReactProvider>
          <SignInDialog
            target={{ environment: 'live', ...target }}
            returnTo="/connections"
            onClose={() => done.push('closed')}
            onDone={(code) => done.push(code)}
          />
        </TRPCReactProvider>
      </InWords>,
    ),
  );
const field = (name: string) => document.querySelector<HTMLInputElement>(`input[name="${name}"]`);
const type = (name: string, text: string) =>
  act(async () => {
    const input = field(name);
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
    input?.dispatchEvent(new Event('input', { bubbles: true }));
  });
const submit = () =>
  act(async () => {
    document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });
const shown = () => document.querySelector('[role=dialog]')?.textContent ?? '';

it('shows the declared fields with their help, and where to get the values', async () => {
  await open({ platform: platform({}) });
  expect(shown()).toContain('Connect channel on Keyed');
  expect(shown()).toContain('Copy it all. Example: 4711:AAF');
  expect(field('values.key')?.type).toBe('password');
  expect(field('values.channel')?.type).toBe('text');
  expect(document.activeElement).toBe(field('values.key'));
  const link = document.querySelector<HTMLAnchorElement>('[role=dialog] a');
  expect([link?.href, link?.textContent]).toEqual(['https://keyed.test/settings', 'in your Keyed settings']);
});

it('sends what was typed, and ends when the account is connected', async () => {
  answer = result({ code: 'connected', connectionIds: ['con_1'] });
  await open({ platform: platform({}) });
  await type('values.key', '4711:AAF');
  await type('values.channel', '@mira');
  await submit();
  expect(sent).toEqual([
    {
      path: 'connections.signIn',
      input: { platform: 'x', environment: 'live', values: { key: '4711:AAF', channel: '@mira' } },
    },
  ]);
  expect(done).toEqual(['connected']);
});

it('sends nothing until every value is there', async () => {
  await open({ platform: platform({}) });
  await type('values.channel', '@mira');
  await submit();
  expect(sent).toEqual([]);
  expect(field('values.key')?.getAttribute('aria-invalid')).toBe('true');
  expect(document.activeElement).toBe(field('values.key'));
});

it('shows what the platform refused, and keeps what was typed', async () => {
  answer = result({ code: 'values_refused', connectionIds: [] });
  await open({ platform: platform({}) });
  await type('values.key', '4711:wrong');
  await type('values.channel', '@mira');
  await submit();
  expect(shown()).toContain('The platform did not accept what you entered.');
  expect(field('values.key')?.value).toBe('4711:wrong');
  expect(done).toEqual([]);
  answer = failure({ 'values.key': 'This does not look right.' });
  await submit();
  expect(shown()).not.toContain('did not accept what you entered');
  expect(shown()).toContain('Bot token: This does not look right.');
  expect(document.activeElement).toBe(field('values.key'));
});

it('asks for the server first, and then leaves for it', async () => {
  const left: string[] = [];
  vi.stubGlobal('location', { ...window.location, assign: (url: string) => left.push(url) });
  answer = result({ url: 'https://one.test/oauth' });
  await open({ platform: platform({ redirects: true, fields: [], pages: [], server: SERVER }) });
  expect(shown()).toContain('Where your account is. Example: one.test');
  await type('server', 'one.test');
  await submit();
  expect(sent).toEqual([
    {
      path: 'connections.start',
      input: { platform: 'x', environment: 'live', server: 'one.test', returnTo: '/connections' },
    },
  ]);
  expect(left).toEqual(['https://one.test/oauth']);
  expect(done).toEqual([]);
});

it('reconnects with the same form, without asking for the server again', async () => {
  answer = result({ code: 'renewed', connectionIds: ['con_1'] });
  const again = platform({ server: SERVER });
  expect([asksFirst(again, true), asksFirst(platform({ redirects: true, server: SERVER }), true)]).toEqual([
    true,
    false,
  ]);
  await open({ platform: again, connection: { id: 'con_1', name: 'Mira' } });
  expect(shown()).toContain('Reconnect Mira');
  expect(field('server')).toBeNull();
  await type('values.key', '4711:AAF');
  await type('values.channel', '@mira');
  await submit();
  expect(sent[0]?.input).toEqual({
    platform: 'x',
    connectionId: 'con_1',
    values: { key: '4711:AAF', channel: '@mira' },
  });
  expect(done).toEqual(['renewed']);
});
