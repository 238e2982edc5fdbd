import { expect, test } from 'vitest';
import type { AnyLocale } from '@/i18n/locales';
import { translatorFor } from '@/i18n/words';
import type { MonthReport } from '@/server/domains/ledger/schemas';
import { fact } from '@/server/foundation/facts';
import { piecesOf } from '@/tests/support/pdf-text';
import { renderStatement, statement } from './statement';

const report: MonthReport = {
  month: '2026-07',
  timeZone: 'Europe/Berlin',
  workspaceName: 'Ann’s shop',
  totals: [
    {
      currency: 'EUR',
      gross: 1234,
      discounts: 0,
      shipping: 0,
      refunds: 100,
      fees: 65,
      costs: 5,
      net: 1064,
      tax: 0,
    },
  ],
  streams: [
    {
      connectionId: 'connection_1',
      name: 'Planners',
      platform: 'etsy',
      environment: 'sandbox',
      currency: 'EUR',
      gross: 1234,
      discounts: 0,
      shipping: 0,
      refunds: 100,
      fees: 65,
      net: 1069,
      tax: 0,
      sales: 1,
    },
  ],
  costs: [
    {
      account: 'ai_cost',
      name: fact('ledger.accounts.ai_cost'),
      subject: 'mistral',
      currency: 'EUR',
      amount: 5,
    },
  ],
  notAttributed: { count: 0, unreadable: 0, amounts: [], summary: null },
  months: ['2026-07'],
};

const at = (instant: string) => new Date(instant);
const textsOf = async (language: AnyLocale, of: MonthReport = report, made = at('2026-08-01T09:00:00Z')) =>
  (await piecesOf(await renderStatement(of, made, translatorFor(language, 'statement')))).map(
    ({ text }) => text,
  );

test('a statement is written in English and shows the symbols of its currencies', async () => {
  const texts = await textsOf('en');
  expect(texts).toEqual(
    expect.arrayContaining([
      'Statement, July 2026',
      'Ann’s shop · time zone: Europe/Berlin',
      'Totals',
      '€12.34',
      '\u2212€1.00',
      'By account',
      'Planners (sandbox)',
      'Other costs',
      'AI cost, mistral',
    ]),
  );
  expect(texts.join(' ')).toContain('Created by Tributary on 2026-08-01 from the double-entry ledger.');
});

test('a statement names money that is in no figure', async () => {
  const summary = fact('ledger.notAttributed.summary', {
    count: 2,
    amounts: { list: [fact('ledger.notAttributed.taken', { amount: { amount: 104, currency: 'EUR' } })] },
  });
  const texts = await textsOf('en', {
    ...report,
    totals: [],
    streams: [],
    costs: [],
    notAttributed: { count: 2, unreadable: 0, amounts: [], summary },
  });
  expect(texts.join(' ')).toContain('2 account entries are not attributed');
  expect(texts.join(' ')).toContain('€1.04 out');
  // No amount is written with a hyphen, which is shorter than a minus and after which a line may end.
  expect((await textsOf('en')).filter((text) => text.includes('-€') || text === '-')).toEqual([]);
});

test('all texts of a statement come from the catalogue', () => {
  const { blocks, foot, title } = statement(
    report,
    at('2026-08-01T09:00:00Z'),
    translatorFor('en-XA', 'statement'),
  );
  const words = [
    title,
    foot,
    ...blocks.flatMap((block) =>
      block.kind === 'text' ? [block.text] : [...(block.head ?? []), ...block.rows.flat()],
    ),
  ].filter((text) => !/^\u2212?€[\d.]+$|^EUR$/.test(text));
  expect(words).toContain('⟦Planners (sandbox)⟧');
  expect(words.filter((text) => !/^⟦.*⟧$/.test(text))).toEqual([]);
});

const NOTHING_ELSE = { discounts: 0, shipping: 0, refunds: 0, fees: 0, tax: 0, costs: 0 };

test('a statement keeps every character of names and amounts, in every script', async () => {
  const names = [
    'Łódź Ťhings ₹ €',
    'مخطط أسبوعي',
    'תכנון שבועי',
    '週間プランナー',
    '每周计划',
    '주간',
    'साप्ताहिक',
    'แผน',
  ];
  const [stream] = report.streams;
  if (!stream) throw new Error('The report has no stream');
  const of: MonthReport = {
    ...report,
    workspaceName: 'Ünïcødé Żółć 工作室',
    totals: [
      { currency: 'INR', gross: 1234567, ...NOTHING_ELSE, net: 1234567 },
      { currency: 'VND', gross: 5000, ...NOTHING_ELSE, net: 5000 },
      { currency: 'KRW', gross: 700, ...NOTHING_ELSE, net: 700 },
    ],
    streams: names.map((name, i) => ({
      ...stream,
      connectionId: `connection_${i}`,
      name,
      environment: 'live',
    })),
  };
  const read = (await textsOf('en', of)).join('');
  for (const text of ['Ünïcødé Żółć 工作室', '₹12,345.67', '₫5,000', '₩700', ...names])
    for (const character of text) if (character.trim()) expect(read).toContain(character);
});

test.each([
  ['Pacific/Auckland', '2026-08-01'],
  ['America/Los_Angeles', '2026-07-31'],
  ['UTC', '2026-07-31'],
])('the day in the foot is the day in %s', async (timeZone, day) => {
  const texts = await textsOf('en', { ...report, timeZone }, at('2026-07-31T20:30:00Z'));
  expect(texts.join(' ')).toContain(`Created by Tributary on ${day} from`);
});

test('a Hebrew name does not reorder the English words around it', async () => {
  const of = { ...report, workspaceName: 'שלום', timeZone: 'UTC' };
  const { blocks } = statement(of, at('2026-08-01T09:00:00Z'), translatorFor('en', 'statement'));
  expect(blocks[1]).toMatchObject({ text: '\u2068שלום\u2069 · time zone: UTC' });
  const pieces = await piecesOf(
    await renderStatement(of, at('2026-08-01T09:00:00Z'), translatorFor('en', 'statement')),
  );
  const x = (part: string) => pieces.find(({ text }) => text.includes(part))?.x ?? Number.NaN;
  expect(x('time zone: UTC')).toBeGreaterThan(48);
});
