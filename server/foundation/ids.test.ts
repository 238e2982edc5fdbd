import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from './ids';

test('an id holds its prefix, its time and 16 more digits', () => {
  expect(newId('post', 0)).toMatch(/^pst_0{10}[0-9a-hjkmnp-tv-z]{16}$/);
  expect(newId('post', 1_469_918_176_385)).toMatch(/^pst_01aryz6s41/);
});

test('ids sort by time, and those of one millisecond by creation', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 300 }), (steps) => {
      let time = 1_772_000_000_000;
      const ids = steps.map((step) => {
        time += step;
        newId('post', time + 1);
        return newId('publication', time);
      });
      expect([...ids].sort()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});
