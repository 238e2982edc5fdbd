import { expect, test } from 'vitest';
import { factOf } from '@/server/foundation/facts';
import { priceSchema } from './price-schema';

test('a typed price is sent as typed', () => {
  expect(priceSchema('RSD').parse({ text: '1.200,00' })).toEqual({ price: '1.200,00' });
  expect(priceSchema('JPY').parse({ text: '1,200' })).toEqual({ price: '1,200' });
});

test('a price that the server would refuse is reported at its field', () => {
  const wrong = (currency: string, text: string) =>
    priceSchema(currency)
      .safeParse({ text })
      .error?.issues.map(({ path, message }) => [path.join('.'), factOf(message)]);
  expect(wrong('EUR', '1.200')).toEqual([
    [
      'price',
      'This can mean 1200.00 or 1.20. Leave out the separator of thousands, and put a point before decimals.',
    ],
  ]);
  expect(wrong('JPY', '12.5')).toEqual([['price', 'JPY has no decimals.']]);
  expect(wrong('USD', '')).toEqual([['price', 'Enter an amount such as 12.34.']]);
});
