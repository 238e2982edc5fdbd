import { expect, test } from 'vitest';
import { textOfContent } from '@/server/connectors/mastodon/transform';
import { textRules } from '@/server/connectors/text-rules';
import { matchText } from './match-text';
import { vendorPhrases } from './vendor-words';

/** Steps that a pattern takes grow with the square if it starts anew at each place, so these would not end for a long time. */
const LONG = 100_000;

test.each([
  ['spaces in a message', { error: `a${' '.repeat(LONG)}b` }],
  ['many messages', { errors: Array.from({ length: 20 }, (_, i) => `a${' '.repeat(LONG)}${i}`) }],
  ['many words', { errors: [{ message: Array.from({ length: 50_000 }, () => 'media') }] }],
])('an error response with %s is read in part', (_name, body) => {
  const phrases = vendorPhrases(body, '');
  expect(phrases.length).toBeGreaterThan(0);
  expect(phrases.join('').length).toBeLessThanOrEqual(4_000);
});

test.each([
  ['<br ', ''],
  ['<a', '<a'.repeat(LONG / 2)],
])('markup that never ends is read in linear time: %s', (part, shown) => {
  expect(
    textOfContent(part.repeat(LONG / part.length))
      .replaceAll('<br', '')
      .trim(),
  ).toBe(shown);
});

test('long runs of combining marks are compared', () => {
  const marks = '\u0301\u0323'.repeat(LONG / 2);
  expect(matchText(`a${marks}`, `a${marks}`)).toBe('same');
  expect(matchText(`a${marks}`, 'b')).toBe('other');
});

test.each(['bluesky', 'mastodon'] as const)('%s: a long text and many links are counted', (id) => {
  const rules = textRules(id);
  expect(rules.count('some words of a post '.repeat(LONG / 20), 2_000)).toBeGreaterThan(LONG / 2);
  expect(rules.count('https://a.co '.repeat(500), 2_000)).toBeGreaterThan(1_000);
});
