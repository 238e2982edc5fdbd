import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOutsizedJson } from './json-shape';

const outsized = (text: string) => isOutsizedJson(Buffer.from(text));

test.each([
  ['deep', '['.repeat(100_000)],
  ['deep and closed', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
  ['wide', `[${'0,'.repeat(100_000)}0]`],
  ['wide with objects', `{"a":[${'{},'.repeat(20_000)}{}]}`],
  ['wide with names', `{${Array.from({ length: 20_001 }, (_, i) => `"${i}":0`).join()}}`],
  ['wide behind a text that ends in a backslash', `["\\\\",${'0,'.repeat(20_000)}0]`],
])('%s JSON is refused', (_, text) => expect(outsized(text)).toBe(true));

test.each([
  ['brackets and commas in a text', JSON.stringify({ text: '[,{'.repeat(100_000) })],
  ['an escaped quote in a text', JSON.stringify([`"${'['.repeat(100)}`, '\\"', '\\'])],
  ['a list with room', JSON.stringify(Array.from({ length: 5000 }, (_, i) => ({ i })))],
  ['nothing', ''],
])('%s is accepted', (_, text) => expect(outsized(text)).toBe(false));

test('JSON with few values is accepted, whatever its strings contain', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 10 }), (text) => {
      expect(outsized(text)).toBe(false);
    }),
  );
});
