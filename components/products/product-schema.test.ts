import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { factOf } from '@/server/foundation/facts';
import { productSchema } from './product-schema';

const schema = productSchema(
  createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'forms.wrong' }),
);
const typed = {
  title: 'Weekly planner',
  description: 'A planner to print.',
  tags: 'paper, , planner,paper',
  price: '12.50',
  floor: '9',
  currency: ' usd ',
  file: { id: 'fil_01ARZ3NDEKTSV4RRFFQ69G5FAV', name: 'planner.pdf' },
};
const wrong = (change: Partial<typeof typed>) => {
  const { error } = schema.safeParse({ ...typed, ...change, file: null });
  return Object.fromEntries(
    (error?.issues ?? []).map((issue) => [issue.path.join('.'), factOf(issue.message)]),
  );
};

test('a typed product becomes the one that is saved', () => {
  expect(schema.parse({ ...typed, file: null })).toEqual({
    title: 'Weekly planner',
    description: 'A planner to print.',
    tags: ['paper', 'planner'],
    price: 1250,
    floor: 900,
    currency: 'USD',
    fileId: null,
  });
});

test('every invalid amount is reported at its field', () => {
  expect(Object.keys(wrong({ price: 'much', floor: '' }))).toEqual(['price', 'floor']);
});

test('errors of the verb are reported with its own messages', () => {
  expect(wrong({ title: '' })).toEqual({ title: 'Enter a title.' });
  expect(wrong({ floor: '13' })).toEqual({ floor: 'The lowest price cannot be above the price.' });
  expect(wrong({ tags: 'a tag that is much too long to be one' })).toEqual({
    'tags.0': 'Tags can have at most 20 characters.',
  });
});
