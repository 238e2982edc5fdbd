import { describe, expect, it } from 'vitest';
import { canonicalUrl, matchPost, unescapeHtml } from './transform';

const url = (short: string, expanded: string | undefined, start = 0) => ({
  start,
  end: start + short.length,
  url: short,
  ...(expanded === undefined ? {} : { expanded_url: expanded }),
});
const post = (text: string, urls: ReturnType<typeof url>[] = []) => ({ id: '1', text, entities: { urls } });

describe('recognizing our own post', () => {
  it.each([
    ['the same text', post('Hello there'), 'Hello there', 'same'],
    ['escaped characters', post('Salt &amp; pepper &lt;3'), 'Salt & pepper <3', 'same'],
    ['a literal entity in our own text', post('Write &amp;amp; here'), 'Write &amp; here', 'same'],
    [
      'a wrapped link',
      post('Read\n\nhttps://t.co/abc', [url('https://t.co/abc', 'https://example.com/a?b=1&c=2')]),
      'Read\n\nhttps://example.com/a?b=1&c=2',
      'same',
    ],
    [
      'a wrapped link without a scheme',
      post('See https://t.co/abc now', [url('https://t.co/abc', 'http://example.com')]),
      'See example.com now',
      'same',
    ],
    [
      'two links',
      post('https://t.co/a https://t.co/b', [
        url('https://t.co/b', 'https://b.org', 15),
        url('https://t.co/a', 'https://a.org'),
      ]),
      'https://a.org https://b.org',
      'same',
    ],
    [
      'a different link',
      post('Read https://t.co/abc', [url('https://t.co/abc', 'https://example.com/other')]),
      'Read https://example.com/a',
      'other',
    ],
    [
      'a link whose target is hidden',
      post('Read https://t.co/abc', []),
      'Read https://example.com/a',
      'maybe',
    ],
    [
      'different words next to a hidden link',
      post('Look https://t.co/abc', []),
      'Read https://example.com/a',
      'other',
    ],
    ['different spacing', post('a  b\nc'), 'a b c', 'same'],
    ['differently composed characters', post('é'), 'é', 'same'],
    ['additional words', post('Hello there, friend'), 'Hello there', 'other'],
  ] as const)('compares %s', (_name, given, sent, expected) => expect(matchPost(given, sent)).toBe(expected));

  it('reads the full text of a long post', () => {
    expect(
      matchPost({ id: '1', text: 'Start…', note_post: { text: 'Start and the rest' } }, 'Start and the rest'),
    ).toBe('same');
  });
});

it('unescapes once and normalizes addresses', () => {
  expect(unescapeHtml('&amp;lt;')).toBe('&lt;');
  expect(canonicalUrl('HTTPS://Example.com/')).toBe('example.com');
  expect(canonicalUrl('http://example.com/A/?q=1')).toBe('example.com/A?q=1');
});
