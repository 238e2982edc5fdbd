import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOutsizedJson } from './json-shape';

const outsized = (text: string) => isOutsizedJson(Buffer.from(text));

test.each([
  ['that is nested too deeply', '['.repeat(100_000)],
  ['that is nested too deeply but complete', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
  ['with too many values', `[${'0,'.repeat(100_000)}0]`],
  ['with too many objects', `{"a":[${'{},'.repeat(20_000)}{}]}`],
  ['with too many names', `{${Array.from({ length: 20_001 }, (_, i) => `"${i}":0`).join()}}`],
  ['with too many values after a string that ends in a backslash', `["\\\\",${'0,'.repeat(20_000)}0]`],
])('JSON %s is refused', (_, text) => expect(outsized(text)).toBe(true));

test.each([
  ['JSON with brackets and commas in a string', JSON.stringify({ text: '[,{'.repeat(100_000) })],
  ['JSON with an escaped quote in a string', JSON.stringify([`"${'['.repeat(100)}`, '\\"', '\\'])],
  ['a list within the limit', JSON.stringify(Array.from({ length: 5000 }, (_, i) => ({ i })))],
  ['an empty body', ''],
])('%s is accepted', (_, text) => expect(outsized(text)).toBe(false));

test('JSON with few values is accepted, whatever its strings contain', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 10 }), (text) => {
      expect(outsized(text)).toBe(false);
    }),
  );
});
