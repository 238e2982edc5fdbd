import { describe, expect, it } from 'vitest';
import { matchText, matchWithLink } from './match-text';

describe('a text that a platform shows', () => {
  it.each([
    ['Tea  for\r\neveryone', 'Tea for everyone', 'same'],
    ['Cafe\u0301', 'Caf\u00e9', 'same'],
    ['Tea - for everyone', 'Tea for everyone', 'similar'],
    ['Tea https://t.example/1', 'Tea https://example.com/a', 'similar'],
    ['https://t.example/1', 'https://example.com/a', 'similar'],
    ['Tea', 'https://example.com/a', 'other'],
    ['Coffee', 'Tea', 'other'],
  ] as const)('%j for %j is %s', (shown, sent, match) => {
    expect(matchText(shown, sent)).toBe(match);
  });

  it('may have names in place of mentions', () => {
    const mentions = { pattern: /@\[\d+\]/, longest: 20 };
    expect(matchText('Thanks Fox Shop for the tea', 'Thanks @[12] for the tea', mentions)).toBe('similar');
    expect(matchText('Thanks Fox Shop for the tea', 'Thanks @[12] for the tea')).toBe('other');
  });
});

it.each([
  ['Tea', ['https://www.example.com/a/'], 'https://example.com/a', 'same'],
  ['Tea', ['https://other.example/b'], 'https://example.com/a', 'similar'],
  ['Tea', [], 'https://example.com/a', 'linkless'],
  ['Tea', [], undefined, 'same'],
  ['Coffee', ['https://example.com/a'], 'https://example.com/a', 'other'],
] as const)('the text %j with the addresses %j for the link %s is %s', (text, urls, link, match) => {
  expect(matchWithLink({ text, urls }, { text: 'Tea', link })).toBe(match);
});
