import { expect, it } from 'vitest';
import { causesOf } from './causes';

it('returns an error and its causes, outermost first, and stops at a circular cause and at a non-object', () => {
  const inner = new Error('inner', { cause: 'words' });
  const outer = new Error('outer', { cause: inner });
  expect(causesOf(outer)).toEqual([outer, inner]);
  expect(causesOf(null)).toEqual([]);
  expect([...causesOf('words')]).toEqual([]);
  const circle: Error & { cause?: unknown } = new Error('circle');
  circle.cause = circle;
  expect(causesOf(circle)).toHaveLength(8);
});
