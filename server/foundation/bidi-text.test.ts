import bidiFactory from 'bidi-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isolated, isolatedValues } from './bidi-text';

const bidi = bidiFactory();
const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** The text as it is displayed, from left to right, without its invisible characters. */
const displayed = (text: string) =>
  bidi.getReorderedString(text, bidi.getEmbeddingLevels(text, 'auto')).replace(CONTROLS, '');

test('a text that cannot reorder others is left alone', () => {
  for (const text of ['', 'Ann’s shop', '日本語', 'Łódź 12 €', '😀']) expect(isolated(text)).toBe(text);
});

test('a right-to-left title does not move the number after it', () => {
  const sentence = (title: string) => `Approved: ${title} 12:30 (3 posts)`;
  expect(displayed(sentence('שלום'))).not.toBe('Approved: םולש 12:30 (3 posts)');
  expect(displayed(sentence(isolated('שלום')))).toBe('Approved: םולש 12:30 (3 posts)');
  expect(displayed(`${isolated('שלום')} needs your approval.`)).toBe('םולש needs your approval.');
});

test('no text changes the order of the words around it, whatever controls it contains', () => {
  const piece = fc.constantFrom(
    'שלום',
    'مرحبا',
    'abc',
    '12',
    ' ',
    '!',
    '(',
    ...[0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].map((code) =>
      String.fromCharCode(code),
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const shown = displayed(`Before 1 ${isolated(pieces.join(''))} 2 after.`);
      expect(shown.startsWith('Before 1 ')).toBe(true);
      expect(shown.endsWith(' 2 after.')).toBe(true);
    }),
  );
});

test('isolating twice changes nothing more, and only texts are isolated', () => {
  const mark = () => 'שלום';
  expect(isolatedValues({ title: 'שלום', count: 3, link: mark })).toEqual({
    title: '\u2068שלום\u2069',
    count: 3,
    link: mark,
  });
});
