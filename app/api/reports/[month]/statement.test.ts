import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { AnyLocale } from '@/i18n/locales';
import { translatorFor } from '@/i18n/words';
import type { MonthReport } from '@/server/domains/ledger/schemas';
import { fact } from '@/server/foundation/facts';
import { renderStatement } from './statement';

const report: MonthReport = {
  month: '2026-07',
  timeZone: 'Europe/Berlin',
  workspaceName: 'Ann’s shop',
  totals: [{ currency: 'EUR', gross: 1234, refunds: 100, fees: 65, costs: 5, net: 1064 }],
  streams: [
    {
      connectionId: 'connection_1',
      name: 'Planners',
      platform: 'etsy',
      environment: 'sandbox',
      currency: 'EUR',
      gross: 1234,
      refunds: 100,
      fees: 65,
      net: 1069,
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
  months: ['2026-07'],
};

/** Extracts the texts of a PDF that uses its fonts' own encoding, one string per piece of text. */
async function textsOf(language: AnyLocale): Promise<string[]> {
  const generatedAt = new Date('2026-08-01T09:00:00Z');
  const pdf = Buffer.from(
    await renderStatement(report, generatedAt, translatorFor(language, 'statement')),
  ).toString('latin1');
  return [...pdf.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(([, body = '']) => {
    if (!body.startsWith('x')) return [];
    const page = inflateSync(Buffer.from(body, 'latin1')).toString('latin1');
    return [...page.matchAll(/\[(<[^\]]*)\] TJ/g)].map(([, parts = '']) => {
      const hex = [...parts.matchAll(/<([0-9a-f]*)>/g)].map(([, piece]) => piece).join('');
      return Buffer.from(hex, 'hex').toString('latin1').replaceAll('\x80', '€').replaceAll('\x92', '’');
    });
  });
}

test('a statement is written in English and shows the symbols of its currencies', async () => {
  const texts = await textsOf('en');
  expect(texts).toEqual(
    expect.arrayContaining([
      'Statement, July 2026',
      'Ann’s shop · time zone: Europe/Berlin',
      'Totals',
      '€12.34',
      '-€1.00',
      'By account',
      'Planners (sandbox)',
      'Other costs',
      'AI cost, mistral',
    ]),
  );
  expect(texts.join(' ')).toContain('Created by Tributary on 2026-08-01 from the double-entry ledger.');
});

test('all texts of a statement come from the catalogue', async () => {
  // The PDF's fonts lack the characters that the pseudo-locale puts around each message.
  const words = (await textsOf('en-XA')).filter((text) => !/^-?€[\d.]+$|^EUR$/.test(text));
  expect(words).toContain('Planners (sandbox)?');
  expect(words.filter((text) => !text.endsWith('?'))).toEqual([]);
});
