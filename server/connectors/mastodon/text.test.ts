import { describe, expect, it } from 'vitest';
import { lengthOf } from '@/server/sandbox/mastodon/text';
import { mastodonTextRules } from './text';

const LINK = 'https://example.com/a/very/long/path/that/does/not/count/in/full?a=1';

describe('a text counts', () => {
  it.each([
    ['', 0],
    ['Tea', 3],
    ['茶を飲む', 4],
    ['e\u0301', 1],
    ['👩🏽‍🚀🇳🇵', 2],
    ['a\r\nb', 3],
    [LINK, 23],
    [`See ${LINK}, please`, 35],
    ['https://a.co', 23],
    // Without its scheme, it is no link.
    ['example.com/a/b', 15],
    ['@leo@mastodon.example hi', 7],
    ['(@leo@mastodon.example)', 6],
    ['@leo hi', 7],
    // An e-mail address is no mention.
    ['leo@mastodon.example', 20],
    ['https://mastodon.social/@leo@b.example', 23],
  ])('%j as %i, by the connector and by its stand-in', (text, length) => {
    expect(mastodonTextRules.count(text)).toBe(length);
    expect(lengthOf(text, 23)).toBe(length);
  });
});

it('shows a link without its scheme, cut off after thirty characters', () => {
  expect(mastodonTextRules.showLink?.('https://www.example.com/a')).toBe('example.com/a');
  expect(mastodonTextRules.showLink?.(LINK)).toBe('example.com/a/very/long/path/t…');
});
