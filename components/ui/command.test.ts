import { expect, it } from 'vitest';
import { matchWords } from './command';

it.each([
  ['Ledger', 'led', [], 1],
  ['Change plan', 'led', ['billing', 'upgrade', 'pay'], 0],
  ['Change plan', 'bill', ['billing'], 0.5],
  ['Write a post', 'post write', [], 1],
  ['Write a post', 'post delete', [], 0],
  ['Home', '', [], 1],
])('scores "%s" for the search "%s"', (value, search, keywords, score) => {
  expect(matchWords(value, search, keywords)).toBe(score);
});
