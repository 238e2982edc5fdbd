import { expect, it } from 'vitest';
import { causesOf } from './causes';

it('gives an error and its causes, the outermost first, and ends in a circle and at what is no error', () => {
  const inner = new Error('inner', { cause: 'words' });
  const outer = new Error('outer', { cause: inner });
  expect(causesOf(outer)).toEqual([outer, inner]);
  expect(causesOf(null)).toEqual([]);
  expect([...causesOf('words')]).toEqual([]);
  const circle: Error & { cause?: unknown } = new Error('circle');
  circle.cause = circle;
  expect(causesOf(circle)).toHaveLength(8);
});
