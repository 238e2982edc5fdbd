import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inEnglish, verbatim } from '@/server/foundation/facts';
import type { OptionValues } from '@/server/foundation/option-values';
import { optionsKey } from '@/server/foundation/option-values';

import { manifests } from '../manifests';
import type { Manifest } from './manifest';
import { type OptionField, readOptions, sentOptions, shownOptions } from './options';

const FIELDS: readonly OptionField[] = [
  { id: 'title', kind: 'text', label: verbatim('Title'), required: true, maxLength: 5 },
  {
    id: 'visibility',
    kind: 'choice',
    label: verbatim('Visibility'),
    default: 'public',
    choices: [
      { value: 'public', label: verbatim('Everybody') },
      { value: 'private', label: verbatim('Followers') },
    ],
  },
  { id: 'sensitive', kind: 'switch', label: verbatim('Sensitive') },
  { id: 'board', kind: 'remote_choice', label: verbatim('Board') },
];
const PINS = { name: 'Pins', options: FIELDS, optionRules: [] };
const read = (given: OptionValues) => readOptions(PINS, given, null);
const problemsOf = (given: OptionValues) =>
  read(given).problems.map(({ field, message }) => [field, inEnglish(message)]);

test('defaults are filled in, and an option without a value is left out', () => {
  expect(read({ title: 'Tea' })).toEqual({
    values: { title: 'Tea', visibility: 'public', sensitive: false },
    problems: [],
  });
  expect(read({ title: 'Tea', visibility: '' }).values).not.toHaveProperty('visibility');
});

test('a value that fits once fits again, unchanged', () => {
  const { values } = read({ title: 'Tea', sensitive: true, board: { value: '7', label: 'Recipes' } });
  expect(read(values)).toEqual({ values, problems: [] });
});

test.each<[string, OptionValues, [string | null, string][]]>([
  ['a required one is missing', {}, [['title', 'Pins needs “Title”.']]],
  ['a required one has only spaces', { title: ' \u200b ' }, [['title', 'Pins needs “Title”.']]],
  [
    'a text is too long',
    { title: 'Coffee' },
    [['title', '“Title” may have 5 characters on Pins, and has 6.']],
  ],
  [
    'a choice is not offered',
    { title: 'Tea', visibility: 'secret' },
    [['visibility', 'Pins does not offer the chosen “Visibility”. Choose another.']],
  ],
  [
    'a value is of another kind',
    { title: true, sensitive: 'yes', board: '7' },
    [
      ['title', 'The value of “Title” does not fit Pins. Choose it again.'],
      ['sensitive', 'The value of “Sensitive” does not fit Pins. Choose it again.'],
      ['board', 'The value of “Board” does not fit Pins. Choose it again.'],
    ],
  ],
  [
    'there is no such option',
    { title: 'Tea', colour: 'red' },
    [[null, 'Pins has no option “colour”. Check the options of this post and save them.']],
  ],
])('refused, with the reason: %s', (_, given, problems) => {
  expect(problemsOf(given)).toEqual(problems);
});

test('lengths count characters and not code units', () => {
  expect(problemsOf({ title: '🫖🫖🫖🫖🫖' })).toEqual([]);
  expect(problemsOf({ title: '日本語の茶' })).toEqual([]);
  expect(problemsOf({ title: '🫖🫖🫖🫖🫖🫖' })).toHaveLength(1);
});

test('names of inherited properties are neither values nor fields', () => {
  const named = (id: string): OptionField => ({ id, kind: 'text', label: verbatim(id) });
  for (const id of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    expect(readOptions({ ...PINS, options: [named(id)] }, {}, null)).toEqual({ values: {}, problems: [] });
    const hostile = JSON.parse(`{"title":"Tea","${id}":"x"}`) as OptionValues;
    expect(problemsOf(hostile)).toHaveLength(1);
    expect(Object.getPrototypeOf(read(hostile).values)).toBe(Object.prototype);
    expect(Object.keys(read(hostile).values)).not.toContain(id);
  }
});

test('whatever is given, only declared fields are kept, and what is kept fits', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.boolean(),
    fc.record({ value: fc.string(), label: fc.string() }, { noNullPrototype: true }),
  );
  const key = fc.oneof(fc.constantFrom(...FIELDS.map((field) => field.id)), fc.string());
  fc.assert(
    fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (given) => {
      const { values, problems } = read(given);
      for (const id of Object.keys(values)) expect(FIELDS.map((field) => field.id)).toContain(id);
      if (problems.length === 0) expect(read(values)).toEqual({ values, problems: [] });
    }),
  );
});

test('a connector gets values, and people read names', () => {
  const values = {
    board: { value: '7', label: 'Recipes' },
    gone: 'x',
    sensitive: true,
    title: 'Tea',
    visibility: 'private',
  };
  expect(sentOptions(values)).toEqual({
    board: '7',
    gone: 'x',
    sensitive: true,
    title: 'Tea',
    visibility: 'private',
  });
  expect(
    shownOptions(FIELDS, values).map(({ label, value }) => [inEnglish(label), inEnglish(value)]),
  ).toEqual([
    ['Title', 'Tea'],
    ['Visibility', 'Followers'],
    ['Sensitive', 'On'],
    ['Board', 'Recipes'],
    ['gone', 'x'],
  ]);
});

test('equal options have equal keys, whatever their order', () => {
  expect(optionsKey({})).toBe('');
  expect(optionsKey({ a: 'x', b: true })).toBe(optionsKey({ b: true, a: 'x' }));
  expect(optionsKey({ a: 'x' })).not.toBe(optionsKey({ a: { value: 'x', label: 'x' } }));
  expect(optionsKey({ a: 'true' })).not.toBe(optionsKey({ a: true }));
});

test.each(Object.values<Manifest>(manifests).map((one) => [one.name, one] as const))(
  'the fields of %s are declared soundly',
  (_, { options = [], capabilities }) => {
    expect(new Set(options.map((field) => field.id)).size).toBe(options.length);
    for (const field of options) {
      expect(field.id).toMatch(/^[a-z]\w{0,39}$/);
      if (field.kind === 'choice') {
        const offered = field.choices.map((choice) => choice.value);
        expect(new Set(offered).size).toBe(offered.length);
        expect(offered).not.toContain('');
        if (field.default !== undefined) expect(offered).toContain(field.default);
      }
      if (field.kind === 'remote_choice') expect(capabilities).toContain('choices');
    }
  },
);
