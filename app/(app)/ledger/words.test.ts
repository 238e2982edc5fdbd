import { expect, test } from 'vitest';
import { described } from './words';

test('a fee is named as one, whatever the platform calls it', () => {
  const fee = (description: string) => described({ kind: 'fee', description: { text: description } });
  expect(fee('transaction')).toBe('Transaction fee');
  expect(fee('listing_renewal')).toBe('Listing renewal fee');
  expect(fee('processing, given back')).toBe('Processing fee, given back');
  expect(fee('Regulatory operating fee')).toBe('Regulatory operating fee');
});

test('everything else keeps its own words', () => {
  expect(described({ kind: 'sale', description: { text: 'Sold 1 × transaction, blue' } })).toBe(
    'Sold 1 × transaction, blue',
  );
});
