import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { countGraphemes, graphemesOf } from './graphemes';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const unit = fc.constantFrom(
  ...[
    'a',
    ' ',
    'é',
    'e\u0301',
    '\u0301',
    '日',
    '👍',
    '👨‍👩‍👧',
    '🇩🇪',
    '🇩',
    '\r\n',
    '\r',
    '\n',
    'क्ष',
    '\u200d',
    'ᄀ',
    'ᅡ',
    '\ud83d',
  ],
  'x'.repeat(300),
  '\u0301'.repeat(700),
);

test('gives the graphemes of any text, whatever its length', () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 60, size: 'max' }), (units) => {
      const text = units.join('');
      const whole = [...segmenter.segment(text)].map(({ segment }) => segment);
      expect([...graphemesOf(text)]).toEqual(whole);
      expect(countGraphemes(text)).toBe(whole.length);
    }),
    { numRuns: 300 },
  );
});

test('segments a long text in short pieces, and no more of it than is needed', () => {
  const spy = vi.spyOn(Intl.Segmenter.prototype, 'segment');
  expect(countGraphemes('some words '.repeat(20_000))).toBe(220_000);
  expect(Math.max(...spy.mock.calls.map(([text]) => text.length))).toBeLessThanOrEqual(513);
  spy.mockClear();
  expect(countGraphemes('some words '.repeat(20_000), 300)).toBeGreaterThan(300);
  expect(spy.mock.calls.length).toBeLessThan(3);
  spy.mockRestore();
});
