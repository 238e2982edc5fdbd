import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { described } from './words';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'ledger' });

test('a fee is named as one, whatever the platform calls it', () => {
  const fee = (description: string) => described({ kind: 'fee', description: { text: description } }, t);
  expect(fee('transaction')).toBe('Transaction fee');
  expect(fee('listing_renewal')).toBe('Listing renewal fee');
  expect(fee('processing, given back')).toBe('Processing fee, given back');
  expect(fee('Regulatory operating fee')).toBe('Regulatory operating fee');
});

test('everything else keeps its own words', () => {
  expect(described({ kind: 'sale', description: { text: 'Sold 1 × transaction, blue' } }, t)).toBe(
    'Sold 1 × transaction, blue',
  );
});
