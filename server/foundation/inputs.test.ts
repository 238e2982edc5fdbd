import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from './ids';
import {
  currency,
  emailAddress,
  epochSeconds,
  id,
  instant,
  instantText,
  line,
  localDate,
  localDateTime,
  localPath,
  month,
  nearestInstant,
  readTimeCursor,
  search,
  text,
  timeCursor,
  timeZone,
  token,
  webAddress,
  whole,
  writeTimeCursor,
} from './inputs';

const takes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

/** Invisible characters of every kind. */
const NOTHING = [
  ' ',
  '\u00A0',
  '\u00AD',
  '\u034F',
  '\u061C',
  '\u115F',
  '\u1680',
  '\u180E',
  '\u200B',
  '\u200C',
  '\u200D',
  '\u200F',
  '\u202E',
  '\u2060',
  '\u2066',
  '\u206A',
  '\u2800',
  '\u3000',
  '\u3164',
  '\uFE0F',
  '\uFEFF',
  '\uFFA0',
  '\uFFF9',
  '\uFFFC',
  '\u{1D159}',
  '\u{E0001}',
  '\u{E0067}',
  '\u{E0100}',
  '\u0301',
  '\u20E3',
  '\u200B\u0301\u202E',
];

describe('texts', () => {
  it('are kept as typed except for their line endings', () => {
    expect(text({ max: 100 }).parse('  a\r\nb\rc\td e\u0301 👩‍👩‍👧 \u202eRTL ')).toBe(
      '  a\nb\nc\td e\u0301 👩‍👩‍👧 \u202eRTL ',
    );
  });
  it.each(['a\u0000', '\ud800', 'x\udc00y', '\u0007', '\u001b[31m', '\u0085'])(
    'may not contain %j',
    (value) => {
      for (const schema of [text({ max: 9 }), line({ max: 9 }), token({ max: 9 }), search()])
        expect(takes(schema, value)).toBe(false);
    },
  );
  it.each(NOTHING)('without a visible character count as empty: %j', (nothing) => {
    for (const value of [nothing, ` ${nothing}\u0301 `, nothing.repeat(3)]) {
      for (const schema of [
        text({ min: 1, max: 40 }),
        text({ min: 1, max: 40, trim: true }),
        line({ min: 1, max: 40 }),
      ])
        expect(takes(schema, value)).toBe(false);
      expect(text({ max: 40, trim: true }).parse(value)).toBe('');
    }
  });
  it.each(['a\uFFFE', '\uFFFFa', 'a\uFDD0b', 'a\u{1FFFE}', '\u{10FFFF}'])(
    'may not contain a noncharacter: %j',
    (value) => {
      for (const schema of [text({ max: 9 }), line({ max: 9 }), token({ max: 9 }), search()])
        expect(takes(schema, value)).toBe(false);
    },
  );
  it('lose half an emoji at the end, where another program has cut them', () => {
    expect(line({ min: 1, max: 9 }).parse('plan \uD83D')).toBe('plan');
    expect(line({ min: 1, max: 9 }).parse('plan 😀')).toBe('plan 😀');
    expect(text({ min: 1, max: 9 }).parse('plan\uD83D')).toBe('plan');
    expect(takes(line({ max: 9 }), 'a\uD83D\uD83D')).toBe(false);
    expect(takes(line({ max: 9 }), 'a\uD83Db')).toBe(false);
    expect(takes(token({ max: 9 }), 'a\uD83D')).toBe(false);
  });
  it('lose byte order marks that were pasted with them', () => {
    expect(text({ max: 9 }).parse('\uFEFFa\uFEFFb')).toBe('ab');
    expect(line({ max: 9 }).parse('\uFEFFa\uFEFFb')).toBe('ab');
    expect(takes(token({ max: 9 }), '\uFEFFa')).toBe(false);
  });
  it.each([
    '👩‍👩‍👧‍👦',
    '❤️',
    '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
    '1️⃣',
    'می‌خواهم',
    'ක්‍රි',
    '\u200Fשלום\u200E!',
    'א',
    '.',
    '⠁',
    'x\u00ADy',
  ])('that need joiners, selectors, tags or direction marks stay unchanged: %j', (value) => {
    expect(text({ min: 1, max: 40, trim: true }).parse(value)).toBe(value);
    expect(line({ min: 1, max: 40 }).parse(value)).toBe(value.normalize('NFC'));
  });
  it('of one line may not contain line breaks, and are composed', () => {
    expect(takes(line({ max: 9 }), 'a\nb')).toBe(false);
    expect(takes(line({ max: 9 }), 'a\u2028b')).toBe(false);
    expect(line({ max: 9 }).parse(' e\u0301 ')).toBe('\u00e9');
  });
  it('are unchanged when parsed a second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (value) => {
        for (const schema of [
          text({ max: 40 }),
          text({ max: 40, trim: true }),
          line({ max: 40 }),
          token({ max: 40 }),
        ]) {
          const first = schema.safeParse(value);
          if (first.success) {
            expect(schema.parse(first.data)).toBe(first.data);
            expect(first.data.length).toBeLessThanOrEqual(40);
            expect(first.data.includes('\u0000')).toBe(false);
          }
        }
      }),
    );
  });
});

describe('schemas for times', () => {
  it.each([
    '0000-01',
    '9999-12',
    '2026-13',
    '2026-00',
    '1999-12',
    '2101-01',
    '-000001-01',
    '10000-01',
    '2026-1',
  ])('refuse %s as a month', (value) => expect(takes(month(), value)).toBe(false));
  it('accept months from 2000 to 2100', () => {
    for (const value of ['2000-01', '2026-07', '2100-12']) expect(month().parse(value)).toBe(value);
  });
  it('accept only days and local times that exist', () => {
    expect(takes(localDate(), '2024-02-29')).toBe(true);
    for (const value of ['2026-02-29', '2026-02-30', '2026-00-10', '0000-01-01', '+010000-01-01'])
      expect(takes(localDate(), value)).toBe(false);
    expect(takes(localDateTime(), '2026-03-05T23:59')).toBe(true);
    for (const value of ['2026-03-05T24:00', '2026-02-32T09:00', '9999-12-31T23:59', '2026-03-05 09:00'])
      expect(takes(localDateTime(), value)).toBe(false);
  });
  it('accept instants from 2000 to 2100 as Dates, texts and seconds', () => {
    for (const at of [Number.NaN, -1, 8_640_000_000_000_000, -62_167_219_200_000, Date.UTC(2101, 0, 1)]) {
      expect(takes(instant(), new Date(at))).toBe(false);
      if (!Number.isNaN(at)) expect(takes(instantText(), new Date(at).toISOString())).toBe(false);
    }
    expect(takes(instantText(), '2026-03-05T09:00:00+02:00')).toBe(true);
    for (const seconds of [-1, 1.5, 1e300, 99_999_999_999, Number.NaN])
      expect(takes(epochSeconds(), seconds)).toBe(false);
  });
  it('turn any number into an instant that can be stored', () => {
    fc.assert(
      fc.property(fc.double(), (ms) => {
        expect(takes(instant(), nearestInstant(ms))).toBe(true);
      }),
    );
  });
});

it('accepts only whole numbers within bounds, and turns -0 into 0', () => {
  const schema = whole({ min: 0, max: 10 });
  expect(Object.is(schema.parse(-0), 0)).toBe(true);
  for (const value of [-1, 11, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', 1n, null])
    expect(takes(schema, value)).toBe(false);
});

it('accepts only ids of the given kind', () => {
  const schema = id('post');
  expect(takes(schema, newId('post'))).toBe(true);
  for (const value of [newId('file'), '', 'pst_', `${newId('post')}\n`, `pst_${'u'.repeat(26)}`, '__proto__'])
    expect(takes(schema, value)).toBe(false);
});

it('accepts the ids that the database creates for the follow-ups of a publication', () => {
  const part = `${newId('publication')}-02`;
  expect(takes(id('publication'), part)).toBe(true);
  expect(takes(id('action'), `act_${part}`)).toBe(true);
  expect(takes(id('action'), newId('action'))).toBe(true);
  for (const value of [`${part}-03`, `${newId('publication')}-2`, `${newId('post')}-02`])
    expect(takes(id('publication'), value)).toBe(false);
});

it('reads a cursor back as it was written, and refuses any other text', () => {
  const [at, row] = [new Date('2026-03-05T09:00:00.123Z'), newId('sale')];
  const cursor = timeCursor('sale').parse(writeTimeCursor(at, row));
  expect(readTimeCursor(cursor)).toEqual({ at, id: row });
  for (const value of [
    '',
    '|',
    `NaN|${row}`,
    `+275760-09-13T00:00:00.000Z|${row}`,
    `${at.toISOString()}|\u0000`,
    writeTimeCursor(at, newId('post')),
  ])
    expect(takes(timeCursor('sale'), value)).toBe(false);
});

it('accepts only real addresses, zones and currencies', () => {
  for (const value of ['https://example.com/a?b=ü', 'HTTP://example.com'])
    expect(takes(webAddress(), value)).toBe(true);
  for (const value of [
    'javascript:alert(1)',
    'http://',
    'http://[::1',
    'https://a.example/\u0000',
    'https://a.example/\ud800',
    'ftp://a.example',
  ])
    expect(takes(webAddress(), value)).toBe(false);
  expect(emailAddress().parse(' ann@example.com ')).toBe('ann@example.com');
  for (const value of ['ann', 'a\u0000@b.com', `${'a'.repeat(250)}@b.com`])
    expect(takes(emailAddress(), value)).toBe(false);
  for (const value of ['//evil.example', '/\\evil.example', 'https://evil.example', '/a\u0000', '/a b', ''])
    expect(takes(localPath(), value)).toBe(false);
  expect(timeZone().parse('europe/berlin')).toBe('Europe/Berlin');
  for (const value of ['+02:00', 'Etc/Unknown', 'constructor', ''])
    expect(takes(timeZone(), value)).toBe(false);
  for (const value of ['usd', 'XXZ', '__proto__', 'XXX', 'XTS', 'XAU', 'XDR', 'DEM'])
    expect(takes(currency(), value)).toBe(false);
  // Codes that older versions of Node lack, and withdrawn ones, which a row may still have.
  for (const value of ['USD', 'RSD', 'XCG', 'XAD', 'ZWG', 'SLE', 'VED', 'UYW', 'HRK', 'BGN'])
    expect(takes(currency(), value)).toBe(true);
});
