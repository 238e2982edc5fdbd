import { expect, test } from 'vitest';
import { piecesOf } from '@/tests/support/pdf-text';
import { SCRIPT_SAMPLES } from '@/tests/support/script-samples';
import { BODY, BOLD, type PdfContent, renderPdf } from './pdf';

const content = (blocks: PdfContent['blocks']): PdfContent => ({
  title: 'Sample',
  author: 'Łukasz',
  language: 'en',
  made: new Date('2026-08-01T09:00:00Z'),
  blocks,
  foot: 'Foot',
});
/** The visible characters of a text, each as often as it occurs, whatever their order. */
const characters = (text: string) =>
  [...text.normalize('NFC')].filter((one) => !/[\s\p{Default_Ignorable_Code_Point}]/u.test(one)).sort();

test.each(Object.entries(SCRIPT_SAMPLES))(
  '%s: every character can be read back from a PDF',
  async (_, text) => {
    for (const style of [BODY, BOLD]) {
      const pieces = await piecesOf(await renderPdf(content([{ kind: 'text', text, style }])));
      const read = pieces.filter(({ text }) => text !== 'Foot').map((piece) => piece.text);
      expect(characters(read.join(''))).toEqual(characters(text));
    }
  },
);

test('a character that no font has is named by its code point', async () => {
  const text = 'a \u{f8ff} b \ud800 c \u{10fffd}';
  const pieces = await piecesOf(await renderPdf(content([{ kind: 'text', text, style: BODY }])));
  const read = pieces.map((piece) => piece.text).join('');
  expect(read).toContain('[U+F8FF]');
  expect(read).toContain('[U+10FFFD]');
  expect(read).toContain('\ufffd');
});

test('a long table continues on the next page under its head, and nothing leaves the page', async () => {
  const rows = Array.from({ length: 80 }, (_, i) => [
    `${i + 1} 每周计划表与家庭预算模板合集，含可打印的日历、购物清单、备餐表和习惯追踪表，以及更多内容`,
    '€1,234.56',
    '-€1.00',
  ]);
  const pieces = await piecesOf(
    await renderPdf(content([{ kind: 'table', head: ['Account', 'Gross', 'Net'], rows }])),
  );
  const pages = Math.max(...pieces.map(({ page }) => page));
  expect(pages).toBeGreaterThan(1);
  expect(pieces.filter(({ text }) => text === 'Account')).toHaveLength(pages);
  expect(pieces.filter(({ text }) => text === 'Foot')).toHaveLength(pages);
  expect(pieces.filter(({ text }) => text.startsWith('80'))).toHaveLength(1);
  for (const { x, y, width } of pieces) {
    expect(x).toBeGreaterThanOrEqual(47);
    expect(x + width).toBeLessThanOrEqual(548);
    expect(y).toBeGreaterThan(20);
  }
});

test('a number that is too wide for its column is made smaller, not broken', async () => {
  const amount = '-Rp 123.456.789.012.345,00';
  const pieces = await piecesOf(
    await renderPdf(content([{ kind: 'table', rows: [['Shop', amount, amount, amount, amount, amount]] }])),
  );
  const numbers = pieces.filter(({ text }) => text === amount).sort((a, b) => a.x - b.x);
  expect(numbers).toHaveLength(5);
  for (const [i, number] of numbers.entries())
    if (i > 0) expect((numbers[i - 1]?.x ?? 0) + (numbers[i - 1]?.width ?? 0)).toBeLessThanOrEqual(number.x);
});
