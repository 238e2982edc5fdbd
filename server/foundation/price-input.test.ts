import { describe, expect, it } from 'vitest';
import { factOf } from './facts';
import { priceIn } from './price-input';

const problem = (text: string, currency: string) => {
  const read = priceIn(text, currency);
  return 'message' in read ? factOf(read.message) : read;
};

describe('the message for a text that is not a price', () => {
  it.each([
    ['USD', '12.34'],
    ['JPY', '12'],
    ['KWD', '12.345'],
    ['CLF', '12.3456'],
  ])('has an example with the decimals of %s', (currency, example) => {
    expect(problem('much', currency)).toEqual({ fact: 'validation.amount.unreadable', params: { example } });
  });

  it('says both readings of an ambiguous amount', () => {
    expect(problem('1.200', 'EUR')).toEqual({
      fact: 'validation.amount.ambiguous',
      params: { thousands: '1200.00', decimals: '1.20' },
    });
  });

  it('says that a negative amount or none is too low', () => {
    for (const text of ['−12.50', '0', '-0', '0,-'])
      expect(problem(text, 'USD')).toEqual({ fact: 'validation.amount.tooLow' });
  });
});
