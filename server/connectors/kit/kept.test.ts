import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOf, rawOf } from './kept';

const LINE = {
  entry_id: 3_487_651_234,
  ledger_type: 'transaction_quantity',
  description: 'PAYMENT_ADJUSTMENT_REFUND',
  reference_type: 'shop_payment_adjustment',
  reference_id: '90071992547409931',
  amount: -35,
  currency: 'EUR',
  create_date: '2026-03-02T10:00:00Z',
  printed: '01.03.2026',
  paid_at: '2026-03-02 10:00:00',
  is_paid: true,
  parent: null,
  note_of_buyer: 'Please ring twice',
};

const HIDDEN =
  /hannah|h.nnah|annah|1234567|0123|4eC39|example|1111|822463|45-67|3704|0044|1117947|NWBK|6016/i;

describe('a line that is kept', () => {
  it('keeps what shows where the money belongs', () => {
    const { note_of_buyer: _, ...rest } = LINE;
    expect(rawOf(LINE)).toEqual(rest);
  });

  it.each([
    ['an e-mail address', 'hannah@example.com'],
    ['one within a text', 'Refund for Hannah.B+x@mail.example.co.uk, thanks'],
    ['an international one', 'hännah@bücher.example'],
    ['one that is percent-encoded', 'hannah%40ex.org'],
    ['one with unseen characters', 'hannah\u200b@\u200bexample.com'],
    ['one in full-width letters', 'ｈannah＠example.com'],
    ['a phone number', '+49 170 1234567'],
    ['one without spaces', '+491701234567'],
    ['one with a prefix', '0049 (170) 123-4567'],
    ['a national one', 'call 030/1234567'],
    ['a national one without spaces', '01701234567'],
    ['an American one', '(212) 555-0123'],
    ['another American one', '212-555-0123'],
    ['an address with a token', 'https://etsy.example/?x=1701234567'],
    ['a key', 'sk_live_4eC39HqLyjWD1234567'],
    ['a header', 'Bearer hannah1234567'],
    ['a named secret', 'access_token=hannah1234567'],
    ['a card', '4111 1111 1111 1111'],
    ['a card with a date', 'Visa 4111-1111-1111-1111 12 2026'],
    ['a card without spaces', 'card:4111111111111111.'],
    ['a card of American Express', '3782 822463 10005'],
    ['a quoted e-mail address', '"hannah b"@example.com'],
    ['an escaped one', String.raw`{\"to\":\"\"hannah b\"@example.com\"}`],
    ['a social security number', '123-45-6789'],
    ['an IBAN', 'DE89 3704 0044 0532 0130 00'],
    ['the start of an IBAN', 'to DE89 3704 0044'],
    ['an IBAN without spaces', 'NO9386011117947'],
    ['an IBAN with letters', 'GB29 NWBK 6016 1331 9268 19'],
    ['a password', 'pwd=hannah1'],
    ['an address without a scheme', 'www.etsy.com/hannah?t=annah'],
    ['a long token', `${'hannah1234567'.repeat(3)}`],
  ])('loses %s, whatever its field is called', (_what, value) => {
    const kept = JSON.stringify(rawOf({ extra: value, deep: { list: [value] }, [value]: 1 }));
    expect(kept).not.toMatch(HIDDEN);
    expect(kept).toContain('…');
    expect(kindOf(value)).not.toMatch(HIDDEN);
  });

  it('loses a card that is a number, and keeps other numbers', () => {
    const numbers = { card: 4_111_111_111_111_111, deep: [5_555_555_555_554_444] };
    expect(rawOf(numbers)).toEqual({ card: '…', deep: ['…'] });
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double({ noInteger: true })), (number) => {
        expect(rawOf({ number })).toEqual({ number });
      }),
    );
  });

  it.each([
    '4111111111111112',
    '1234567890123456789',
    '3487651234',
    '2026-03-02T10:00:00Z 3487651234 90071992547409931',
    '12.50 EUR of 2026-03-02',
    'RR123456789DE',
    'NO12 ITEM SOLD',
    '1-2-3',
  ])('keeps %s', (value) => {
    expect(rawOf({ value })).toEqual({ value });
  });

  it('is bounded in depth and size', () => {
    const wide = (depth: number): unknown =>
      depth === 0
        ? 'tea '.repeat(2_000)
        : Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, wide(depth - 1)]));
    expect(JSON.stringify(rawOf(wide(3))).length).toBeLessThan(40_000);
    expect(JSON.stringify(rawOf(Array(100_000).fill('tea '.repeat(100)))).length).toBeLessThan(40_000);
    let deep: unknown = 'the bottom';
    for (let i = 0; i < 1_000; i++) deep = { deep };
    expect(JSON.stringify(rawOf(deep))).not.toContain('bottom');
  });

  it('never fails', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(JSON.stringify(rawOf(value)).length).toBeLessThan(40_000);
      }),
    );
  });
});
