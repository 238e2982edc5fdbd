import { expect, test, vi } from 'vitest';
import { createProductInput } from '@/server/domains/products/schemas';
import { factOf } from '@/server/foundation/facts';
import { productSchema } from './product-schema';

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
  const { error } = productSchema.safeParse({ ...typed, ...change, file: null });
  return Object.fromEntries(
    (error?.issues ?? []).map((issue) => [issue.path.join('.'), factOf(issue.message)]),
  );
};

const sent = (change: Partial<typeof typed> = {}) => productSchema.parse({ ...typed, ...change, file: null });

test('a typed product is sent with its prices as typed, and the server turns them into minor units', () => {
  expect(sent()).toEqual({
    title: 'Weekly planner',
    description: 'A planner to print.',
    tags: ['paper', 'planner', 'paper'],
    price: '12.50',
    floor: '9',
    currency: 'USD',
    fileId: null,
  });
  expect(createProductInput.parse(sent())).toMatchObject({
    tags: ['paper', 'planner'],
    price: 1250,
    floor: 900,
    currency: 'USD',
  });
});

test('the browser’s data about currencies has no part in what a price means', () => {
  const icu = vi.spyOn(Intl.NumberFormat.prototype, 'resolvedOptions').mockImplementation(() => {
    throw new Error('asked the runtime');
  });
  const dinars = sent({ price: '1200', floor: '1.000,00', currency: 'rsd' });
  icu.mockRestore();
  expect(dinars).toMatchObject({ price: '1200', floor: '1.000,00', currency: 'RSD' });
  expect(createProductInput.parse(dinars)).toMatchObject({ price: 120_000, floor: 100_000 });
});

test('a product is read the same when it is parsed again', () => {
  const once = createProductInput.parse(sent({ price: '1200', currency: 'JPY', floor: '900' }));
  expect(createProductInput.parse(once)).toEqual(once);
});

test('every invalid amount is reported at its field', () => {
  expect(Object.keys(wrong({ price: 'much', floor: '' }))).toEqual(['price', 'floor']);
});

test('a price that can be read in two ways is refused, and other errors are reported beside it', () => {
  expect(wrong({ price: '1.200', title: '' })).toEqual({
    title: 'Enter a title.',
    price:
      'This can mean 1200.00 or 1.20. Leave out the separator of thousands, and put a point before decimals.',
  });
  expect(wrong({ price: '12.345', currency: 'KWD', floor: '1.2345' })).toEqual({
    floor: 'KWD has 3 decimals.',
  });
  expect(wrong({ price: '1200.5', floor: '1', currency: 'JPY' })).toEqual({ price: 'JPY has no decimals.' });
  expect(wrong({ price: '€12' })).toEqual({ price: 'Enter the amount in USD, or without a currency.' });
  expect(wrong({ price: '0' })).toMatchObject({ price: 'The price must be more than zero.' });
  expect(wrong({ currency: 'XYZ' })).toEqual({ currency: 'We do not support this currency.' });
});

test('errors of the verb are reported with its own messages', () => {
  expect(wrong({ title: '' })).toEqual({ title: 'Enter a title.' });
  expect(wrong({ floor: '13' })).toEqual({ floor: 'The lowest price cannot be above the price.' });
  expect(wrong({ tags: 'a tag that is much too long to be one' })).toEqual({
    'tags.0': 'Tags can have at most 20 characters.',
  });
});
