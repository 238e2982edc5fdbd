import { expect, test } from 'vitest';
import {
  asMessage,
  type Fact,
  fact,
  factOf,
  factOutput,
  formatFields,
  isFact,
  nameOf,
  showFacts,
  verbatim,
  type Words,
} from './facts';

const words: Words = {
  locale: 'en',
  say: (value) =>
    typeof value === 'string' ? value : 'verbatim' in value ? value.verbatim : `say ${value.fact}`,
};
const missing = fact('validation.missing');
const shown = { ...missing, text: 'say validation.missing' };

test('a fact and a verbatim text get their text', () => {
  expect(showFacts(missing, words)).toEqual(shown);
  expect(showFacts(verbatim('Mira'), words)).toEqual({ verbatim: 'Mira', text: 'Mira' });
  expect(showFacts(fact('validation.type', { expected: 'number' }), words)).toEqual({
    fact: 'validation.type',
    params: { expected: 'number' },
    text: 'say validation.type',
  });
});

test('facts get their text at any depth, in lists and in lists of lists', () => {
  expect(showFacts([missing, verbatim('a')], words)).toEqual([shown, { verbatim: 'a', text: 'a' }]);
  expect(showFacts([[missing], []], words)).toEqual([[shown], []]);
  expect(showFacts({ page: { items: [{ id: 1, problem: missing }] }, next: null }, words)).toEqual({
    page: { items: [{ id: 1, problem: shown }] },
    next: null,
  });
});

test('a fact among the parameters of another is part of its text and is left as it is', () => {
  const outer: Fact = { fact: 'validation.oneOf', params: { values: { list: [missing] } } };
  expect(showFacts(outer, words)).toEqual({ ...outer, text: 'say validation.oneOf' });
});

test('everything else is returned as it is', () => {
  class Other {
    readonly problem = missing;
  }
  for (const value of [null, undefined, 'text', 1, 2n, true, new Date(0), new Uint8Array([1]), new Other()])
    expect(showFacts(value, words)).toBe(value);
  const input = { at: new Date(0), of: [missing] };
  expect(showFacts(input, words).at).toBe(input.at);
  expect(input, 'the value itself is not changed').toEqual({ at: new Date(0), of: [missing] });
});

test('tells facts from other values', () => {
  for (const value of [missing, verbatim('')]) {
    expect(isFact(value)).toBe(true);
    expect(factOutput.safeParse(value).success).toBe(true);
  }
  for (const value of [null, undefined, 'validation.missing', 1, [], {}, { fact: 1 }, { verbatim: null }]) {
    expect(isFact(value), JSON.stringify(value)).toBe(false);
    expect(factOutput.safeParse(value).success).toBe(false);
  }
  expect(nameOf(missing)).toBe('validation.missing');
  for (const value of [verbatim('a'), 'validation.missing', null, undefined])
    expect(nameOf(value)).toBeUndefined();
});

test('decodes only the message that a schema encoded', () => {
  expect(factOf(asMessage('validation.missing'))).toEqual(missing);
  expect(factOf(asMessage('validation.type', { expected: 'number' }))).toEqual(
    fact('validation.type', { expected: 'number' }),
  );
  for (const message of ['', 'Invalid input', '{"fact":', '{"fact":1}', '{"verbatim":"<b>"}', 'null'])
    expect(factOf(message), message).toBeNull();
});

test('formats the problems of fields, and nothing if there are none', () => {
  expect(formatFields(words.say, { title: missing, price: 'As written.' })).toEqual({
    title: 'say validation.missing',
    price: 'As written.',
  });
  expect(formatFields(words.say, undefined)).toBeUndefined();
});
