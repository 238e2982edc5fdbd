import { expect, test } from 'vitest';
import type { PublicationItem } from '@/components/trpc/outputs';
import { changedValues, describeValues, type FormField, optionsOfAccounts, startingValues } from './values';

const said = (text: string) => ({ verbatim: text, text });
const common = { help: null, required: false };
const FIELDS: readonly FormField[] = [
  { ...common, id: 'title', kind: 'text', counts: false, label: said('Title'), default: '', maxLength: 100 },
  {
    ...common,
    id: 'visibility',
    kind: 'choice',
    label: said('Visibility'),
    default: 'public',
    choices: [
      { value: 'public', label: said('Everybody') },
      { value: 'private', label: said('Followers') },
    ],
  },
  { ...common, id: 'adult', kind: 'switch', label: said('Adult'), default: false },
  { ...common, id: 'board', kind: 'remote_choice', label: said('Board') },
];
const WORDS = { on: 'On', off: 'Off' };

test('a form starts with the defaults, or with what is given and nothing else', () => {
  expect(startingValues(FIELDS, undefined)).toEqual({ visibility: 'public', adult: false });
  expect(startingValues(FIELDS, { title: 'Tea' })).toEqual({ title: 'Tea' });
});

test('a change replaces one value, and drops those that the platform has no field for', () => {
  const before = { title: 'Tea', gone: 'x', board: { value: '7', label: 'Recipes' } };
  expect(changedValues(FIELDS, before, 'title', 'Cake')).toEqual({
    title: 'Cake',
    board: { value: '7', label: 'Recipes' },
  });
  expect(changedValues(FIELDS, before, 'board', undefined)).toEqual({ title: 'Tea' });
});

test('values are described in the order of the fields, by their names', () => {
  const values = {
    board: { value: '7', label: 'Recipes' },
    adult: true,
    visibility: 'private',
    title: 'Tea',
  };
  expect(describeValues(FIELDS, values, WORDS).map(({ label, value }) => [label.text, value.text])).toEqual([
    ['Title', 'Tea'],
    ['Visibility', 'Followers'],
    ['Adult', 'On'],
    ['Board', 'Recipes'],
  ]);
  expect(describeValues(FIELDS, { visibility: 'secret', title: '' }, WORDS)).toMatchObject([
    { id: 'visibility', value: { text: 'secret' } },
  ]);
});

test('an account keeps the options of its latest publication that is not out yet, otherwise of the latest', () => {
  const of = (
    connectionId: string,
    state: PublicationItem['state'],
    title: string,
    followsId: string | null = null,
  ) => ({
    connectionId,
    state,
    followsId,
    options: { title },
  });
  expect(
    optionsOfAccounts([
      of('a', 'scheduled', 'first'),
      of('a', 'published', 'out'),
      of('a', 'scheduled', 'last'),
      of('a', 'cancelled', 'cancelled'),
      of('b', 'published', 'before'),
      of('b', 'published', 'latest'),
      of('b', 'scheduled', 'follow-up', 'pub_1'),
    ]),
  ).toEqual({ a: { title: 'last' }, b: { title: 'latest' } });
});
