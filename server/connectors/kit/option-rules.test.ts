import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inEnglish, verbatim } from '@/server/foundation/facts';
import type { OptionValues } from '@/server/foundation/option-values';
import { manifests } from '../manifests';
import type { Manifest } from './manifest';
import { brokenRules, type OptionRule } from './option-rules';
import { type OptionField, readOptions } from './options';

const text = (id: string, more: object = {}): OptionField => ({
  id,
  kind: 'text',
  label: verbatim(id),
  ...more,
});
const rules: readonly OptionRule[] = [
  {
    field: 'a',
    when: { options: ['a', 'b'] },
    excludes: [{ media: ['picture', 'video'] }],
    message: verbatim('no media'),
  },
  {
    field: 'a',
    when: { options: ['a', 'b'] },
    requires: [{ options: ['a', 'b'], atLeast: 2 }],
    message: verbatim('two'),
  },
  { field: 'b', distinct: ['a', 'b'], message: verbatim('twice') },
  {
    field: 'loud',
    when: { options: ['loud'] },
    requires: [{ options: ['who'], is: 'everybody' }],
    message: verbatim('everybody'),
  },
];
const broken = (values: OptionValues, media: ('picture' | 'gif' | 'video' | 'document')[] = []) =>
  brokenRules(rules, values, { media: media.map((kind) => ({ kind })) }).map(({ message }) =>
    inEnglish(message),
  );

test.each<[string, OptionValues, ('picture' | 'gif')[], string[]]>([
  ['nothing is chosen', {}, ['picture'], []],
  ['a text shows nothing', { a: ' \u200b ' }, ['picture'], []],
  ['two different texts', { a: 'x', b: 'y' }, [], []],
  ['a kind that is not excluded', { a: 'x', b: 'y' }, ['gif'], []],
  ['an excluded kind', { a: 'x', b: 'y' }, ['gif', 'picture'], ['no media']],
  ['one of two', { b: 'y' }, [], ['two']],
  ['the same twice, but for spaces', { a: 'x', b: ' x ' }, [], ['twice']],
  ['a switch that is off', { loud: false }, [], []],
  ['a switch that needs a value', { loud: true }, [], ['everybody']],
  ['another value', { loud: true, who: 'nobody' }, [], ['everybody']],
  ['that value', { loud: true, who: 'everybody' }, [], []],
  ['that value, chosen from the platform', { loud: true, who: { value: 'everybody', label: 'All' } }, [], []],
])('%s', (_, values, media, said) => {
  expect(broken(values, media)).toEqual(said);
});

test('any values and media give an answer', () => {
  const value = fc.oneof(fc.string(), fc.boolean(), fc.record({ value: fc.string(), label: fc.string() }));
  const kind = fc.constantFrom('picture', 'gif', 'video', 'document' as const);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), fc.array(kind, { maxLength: 3 }), (values, media) => {
      expect(
        brokenRules(rules, values, { media: media.map((one) => ({ kind: one as 'picture' })) }).length,
      ).toBeLessThan(5);
    }),
  );
});

describe('an option that counts towards the text', () => {
  const terms = { name: 'Pond', options: [text('warning', { counts: true })], optionRules: [] };
  const said = (left: number, value: string) =>
    readOptions(
      terms,
      { warning: value },
      { media: [], room: { most: 20, left }, count: (s) => s.length },
    ).problems.map(({ field, message }) => [field, inEnglish(message)]);
  test('fits exactly, and not one character more', () => {
    expect(said(3, 'abc')).toEqual([]);
    expect(said(3, 'abcd')).toEqual([
      [
        'warning',
        '“warning” counts towards the length of the text. Together they have 21 characters, and Pond allows 20.',
      ],
    ]);
  });
  test('is not blamed for a text that is too long itself', () => {
    expect(said(-1, 'abc')).toEqual([]);
  });
});

const all = Object.values(manifests) as readonly Manifest[];
const ruled = all.filter((m) => (m.optionRules ?? []).length > 0);
test.each(ruled.map((m) => [m.name, m] as const))(
  'the rules of %s name options that exist',
  (_, manifest) => {
    const ids = new Set((manifest.options ?? []).map(({ id }) => id));
    for (const {
      field,
      when,
      requires = [],
      excludes = [],
      distinct = [],
      message,
    } of manifest.optionRules ?? []) {
      const named = [...(when ? [when] : []), ...requires, ...excludes].flatMap((one) =>
        'options' in one ? one.options : [],
      );
      for (const id of [field, ...named, ...distinct]) expect(ids, id).toContain(id);
      expect(inEnglish(message)).not.toBe('');
      expect(requires.length + excludes.length + distinct.length).toBeGreaterThan(0);
    }
  },
);
