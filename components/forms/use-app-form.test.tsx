// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { setUnreachableMessage } from '@/components/trpc/app-error';
import { FormErrors } from '@/components/ui/form-errors';
import { InWords } from '@/tests/support/in-words';
import { useAppForm } from './use-app-form';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

interface Typed {
  title: string;
  price: string;
  version: number;
}
const schema = z
  .object({ title: z.string().min(1, 'Enter a title.'), price: z.string() })
  .transform(({ title, price }) => ({ title, price: Number(price) }));

/** A save in progress, to be resolved or rejected. */
interface Pending {
  input: { title: string; price: number };
  seen: Typed;
  answer: (answer: { version: number }) => void;
  refuse: (error: unknown) => void;
}
let sent: Pending[];
let form: ReturnType<typeof useAppForm<Typed, { title: string; price: number }, { version: number }>>;
let root: Root;
let saves: boolean[];
let load: () => Promise<typeof schema>;

function Form({ now }: { now: Typed }) {
  form = useAppForm({
    now,
    schema: () => load(),
    send: (input, seen) =>
      new Promise<{ version: number }>((answer, refuse) => sent.push({ input, seen, answer, refuse })),
    answered: ({ version }) => ({ version }),
    onSaved: ({ all }) => saves.push(all),
  });
  return (
    <form onSubmit={form.submit}>
      <FormErrors message={form.message} fields={form.fields} />
      <input name="title" value={form.value.title} onChange={() => undefined} />
      <input name="price" value={form.value.price} onChange={() => undefined} />
    </form>
  );
}
const show = (now: Typed) =>
  act(async () =>
    root.render(
      <InWords>
        <Form now={now} />
      </InWords>,
    ),
  );
const type = (change: Partial<Typed>) => act(async () => form.set(change));
const submit = () =>
  act(async () => {
    document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });
const only = (): Pending => {
  const [first] = sent;
  if (!first || sent.length > 1) throw new Error(`Expected one save, but there were ${sent.length}`);
  return first;
};
const focused = () => document.activeElement?.getAttribute('name');

beforeEach(async () => {
  sent = [];
  saves = [];
  load = async () => schema;
  const box = document.createElement('div');
  document.body.replaceChildren(box);
  root = createRoot(box);
  await show({ title: 'Old', price: '5', version: 1 });
});
afterEach(() => act(async () => root.unmount()));

test("sends the schema's output for the typed values, with the server state that the form is based on", async () => {
  await type({ price: '7' });
  expect(form.dirty).toBe(true);
  await submit();
  expect(only().input).toEqual({ title: 'Old', price: 7 });
  expect(only().seen.version).toBe(1);
  expect(form.saving).toBe(true);
  await act(async () => only().answer({ version: 2 }));
  expect(form.value).toEqual({ title: 'Old', price: '7', version: 2 });
  expect([form.saving, form.saved, form.dirty, saves]).toEqual([false, true, false, [true]]);
});

test('input that the schema rejects is not sent: its field shows the error and takes the focus, every time', async () => {
  await type({ title: '' });
  for (let time = 0; time < 2; time++) {
    (document.activeElement as HTMLElement | null)?.blur();
    await submit();
    expect(form.fields).toEqual({ title: 'Enter a title.' });
    expect(focused()).toBe('title');
  }
  expect(sent).toEqual([]);
  await type({ title: 'New' });
  await submit();
  expect(form.fields).toEqual({});
  expect(only().input.title).toBe('New');
});

test('errors from the server are shown at their fields, the first takes the focus, and the typed values stay', async () => {
  await type({ price: '0' });
  await submit();
  const data = { appCode: 'invalid', fields: { price: 'The price must be more than zero.' } };
  await act(async () => only().refuse({ message: 'Some fields need fixing.', data }));
  expect(form.fields).toEqual({ price: 'The price must be more than zero.' });
  expect(form.message).toBe('Some fields need fixing.');
  expect(focused()).toBe('price');
  expect([form.value.price, form.saving, form.saved, saves]).toEqual(['0', false, false, []]);
});

test('a second submission while one is in progress sends nothing', async () => {
  await submit();
  await submit();
  expect(sent).toHaveLength(1);
  await act(async () => only().answer({ version: 2 }));
  await submit();
  expect(sent).toHaveLength(2);
});

test('text typed during a save stays and counts as unsaved', async () => {
  await type({ title: 'First' });
  await submit();
  await type({ title: 'First and more' });
  await act(async () => only().answer({ version: 2 }));
  expect(form.value).toEqual({ title: 'First and more', price: '5', version: 2 });
  expect([form.saved, form.dirty, saves]).toEqual([false, true, [false]]);
  expect(form.seen).toEqual({ title: 'First', price: '5', version: 2 });
});

test("another user's change is merged into untouched fields", async () => {
  await type({ title: 'Mine' });
  await show({ title: 'Old', price: '9', version: 2 });
  expect(form.value).toEqual({ title: 'Mine', price: '9', version: 2 });
  expect(form.dirty).toBe(true);
});

test('if both changed the same field, the form keeps the version that it is based on', async () => {
  await type({ title: 'Mine' });
  await show({ title: 'Theirs', price: '9', version: 2 });
  expect(form.value).toEqual({ title: 'Mine', price: '5', version: 1 });
  await submit();
  expect(only().seen.version).toBe(1);
});

test('a failed download of the schema is reported, and the next attempt succeeds', async () => {
  setUnreachableMessage('We could not reach the server.');
  load = () => Promise.reject(new Error('offline'));
  await submit();
  expect(form.message).toMatch(/could not reach the server/);
  expect(sent).toEqual([]);
  load = async () => schema;
  await submit();
  expect(form.message).toBeUndefined();
  expect(sent).toHaveLength(1);
});
