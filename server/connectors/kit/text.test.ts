import { expect, it } from 'vitest';
import { composeText } from '../compose-text';
import { countText } from '../text-rules';
import { composeFollowing } from './parts';
import { generalRules, includesAddress } from './text';

it('appends the link to an X post unless it is there, and omits it from a Facebook post', () => {
  const link = 'https://example.com/a';
  expect(composeText('x', ' Read ', link)).toBe(`Read\n\n${link}`);
  expect(composeText('x', `Read ${link} now`, link)).toBe(`Read ${link} now`);
  expect(composeText('x', '', link)).toBe(link);
  expect(composeText('facebook', 'Read', link)).toBe('Read');
  expect(countText('x', 'Read', link)).toBe(29);
  expect(countText('facebook', '👍日', link)).toBe(2);
});

it.each([
  ['Read https://example.com/a', true],
  ['Read https://example.com/a.', true],
  ['(https://example.com/a)', true],
  ['https://example.com/aをご覧ください', true],
  ['Read https://example.com/a!?\nNow', true],
  ['https://example.com/ab and https://example.com/a', true],
  ['Read https://example.com/about', false],
  ['Read https://example.com/a/b', false],
  ['Read https://example.com/a?b=1', false],
  ['Read https://example.com/a.html', false],
  ['Read https://example.com/a-b', false],
  ['Read https://other.com?to=https://example.com/a', false],
])('a text contains a link only as a whole: %s', (text, whole) => {
  const link = 'https://example.com/a';
  expect(includesAddress(text, link)).toBe(whole);
  const sent = whole ? text : `${text}\n\n${link}`;
  expect(composeText('x', text, link)).toBe(sent);
  expect(composeFollowing(text, link)).toBe(sent);
});

it('omits the invisible characters that X refuses', () => {
  expect(composeText('x', 'a\uFEFFb', null)).toBe('ab');
  expect(composeText('facebook', 'a\uFEFFb', null)).toBe('a\uFEFFb');
});

it('finds links by the general rules on platforms without rules of their own', () => {
  const found = generalRules.findLinks('See https://example.com/a, (example.com/b_(c)) and e.g. a.is');
  expect(found.map(({ url, certain }) => [url, certain])).toEqual([
    ['https://example.com/a', true],
    ['example.com/b_(c)', true],
    ['a.is', false],
  ]);
});

it('trims an address with thousands of closing brackets or full stops in linear time', () => {
  const address = 'https://a.example/';
  for (const rest of [')'.repeat(200_000), '.'.repeat(200_000), '),'.repeat(100_000)])
    expect(generalRules.findLinks(address + rest).map(({ url }) => url)).toEqual([address]);
  expect(generalRules.findLinks('see https://a.example/(b)) and').map(({ url }) => url)).toEqual([
    'https://a.example/(b)',
  ]);
});
