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
    ['a long token', `${'hannah1234567'.repeat(3)}`],
  ])('loses %s, whatever its field is called', (_what, value) => {
    const kept = JSON.stringify(rawOf({ extra: value, deep: { list: [value] }, [value]: 1 }));
    expect(kept).not.toMatch(/hannah|h.nnah|annah|1234567|0123|4eC39|example/i);
    expect(kept).toContain('…');
    expect(kindOf(value)).not.toMatch(/hannah|annah|1234567|0123|4eC39|example/i);
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
