import { describe, expect, it, vi } from 'vitest';
import { decodeBasicHtml } from '../kit/html-text';
import { matchMediaPost, matchPost } from './transform';
import type { Post } from './wire';

type Url = NonNullable<NonNullable<NonNullable<Post['entities']>['urls']>[number]>;

const url = (short: string, expanded: string | undefined, start = 0): Url => ({
  start,
  end: start + short.length,
  url: short,
  ...(expanded === undefined ? {} : { expanded_url: expanded }),
});
const post = (text: string, urls: Url[] = []) => ({ id: '1', text, entities: { urls } });

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
      'similar',
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
    [
      'a link that X ends before the text goes on',
      post('https://t.co/abcをご覧ください', [url('https://t.co/abc', 'https://example.com/a')]),
      'https://example.com/aをご覧ください',
      'same',
    ],
    [
      'a link that X completes by a slash',
      post('https://t.co/abcをご覧', [url('https://t.co/abc', 'https://example.com/')]),
      'https://example.comをご覧',
      'same',
    ],
    [
      'a link that ends elsewhere',
      post('https://t.co/abcをご覧ください', [url('https://t.co/abc', 'https://example.com/ab')]),
      'https://example.com/aをご覧ください',
      'similar',
    ],
    [
      'an address that X does not link',
      post('https://ashort.url?a=1 &amp; b'),
      'https://ashort.url?a=1 & b',
      'same',
    ],
    [
      'links without a scheme between Japanese words',
      post('これはhttps://t.co/aとhttps://t.co/bです', [
        url('https://t.co/a', 'http://example.com'),
        url('https://t.co/b', 'http://t.example.jp/x'),
      ]),
      'これはexample.comとt.example.jp/xです',
      'same',
    ],
    [
      'an encoded address',
      post('https://t.co/a', [url('https://t.co/a', 'https://xn--r8jz45g.jp/%E3%81%82?q=%C3%A9')]),
      'https://例え.jp/あ?q=é',
      'same',
    ],
    [
      'an address on X under its old host',
      post('So true https://t.co/a', [url('https://t.co/a', 'https://twitter.com/a/status/1')]),
      'So true https://x.com/a/status/1',
      'same',
    ],
    [
      'a link followed by an underscore',
      post('https://t.co/abc_now', [url('https://t.co/abc', 'http://example.com')]),
      'example.com_now',
      'same',
    ],
    [
      'the same link twice',
      post('https://t.co/a https://t.co/a', [url('https://t.co/a', 'https://a.org')]),
      'https://a.org https://a.org',
      'same',
    ],
    [
      'a link of which only the target is listed',
      post('Read https://t.co/abc', [
        { ...url('https://t.co/abc', undefined), unwound_url: 'https://example.com/a' },
      ]),
      'Read https://example.com/a',
      'maybe',
    ],
    [
      'a link that leads to ours',
      post('Read https://t.co/abc', [
        { ...url('https://t.co/abc', 'https://bit.ly/1'), unwound_url: 'https://example.com/a' },
      ]),
      'Read https://example.com/a',
      'maybe',
    ],
    ['other punctuation', post('Hello there - friend'), 'Hello there — friend!', 'similar'],
    ['other symbols', post('Hello ❤ there'), 'Hello ❤️ there', 'similar'],
    ['compatible characters', post('½ off, №1'), '½ off, No1', 'similar'],
    ['a removed invisible character', post('Hello there'), 'Hel\u200Blo there', 'similar'],
    ['names before a reply', post('@mira_draws @a Hello there'), 'Hello there', 'similar'],
    [
      'a text that is cut off',
      post('A text that is rather long and that X cut… https://t.co/abc', []),
      'A text that is rather long and that X cut off somewhere.',
      'similar',
    ],
    ['a missing link', post('Hello there'), 'Hello there https://example.com/a', 'similar'],
    [
      'an additional link',
      post('Hello there https://t.co/a', [url('https://t.co/a', 'https://x.com/i/cards/1')]),
      'Hello there',
      'similar',
    ],
    [
      'a link with an additional parameter',
      post('Hello there https://t.co/a', [url('https://t.co/a', 'https://example.com/a?utm_source=x')]),
      'Hello there https://example.com/a',
      'similar',
    ],
    [
      'an escaped character that does not have to be',
      post('https://t.co/a', [url('https://t.co/a', 'https://example.com/~mira')]),
      'https://example.com/%7Emira',
      'same',
    ],
    [
      'a default port',
      post('https://t.co/a', [url('https://t.co/a', 'https://example.com/a')]),
      'https://example.com:443/a',
      'same',
    ],
    ['a link without any text', post(''), 'https://example.com/a', 'similar'],
    [
      'different words before the same link',
      post('Look https://t.co/a', [url('https://t.co/a', 'https://example.com/a')]),
      'Read https://example.com/a',
      'other',
    ],
    ['a text and a link alone', post('Hello there'), 'https://example.com/a', 'other'],
    ['another name before a text', post('@mira Thanks'), '@bob Thanks', 'other'],
    ['another number', post('Episode 12 is out'), 'Episode 13 is out', 'other'],
    ['other emoji', post('🔥'), '🎉', 'other'],
    ['two of one emoji', post('🔥🔥'), '🔥', 'other'],
  ] as const)('compares %s', (_name, given, sent, expected) =>
    expect(matchPost(given, sent, false)).toBe(expected),
  );

  it('reads the full text of a long post', () => {
    expect(
      matchPost(
        { id: '1', text: 'Start…', note_post: { text: 'Start and the rest' } },
        'Start and the rest',
        false,
      ),
    ).toBe('same');
  });
});

it.each([
  ['https://bit.ly/1', 'https://example.com/a'],
  ['https://t.co/our1', 'https://example.com/a'],
  ['https://example.com/a#part', 'https://example.com/a'],
  ['https://example.com/a?utm_source=x', 'https://example.com/a'],
  ['https://example.com/a', 'https://m.example.com/a'],
  ['https://youtu.be/1', 'https://www.youtube.com/watch?v=1'],
])('does not call a post another one because X lists %s as %s', (sent, listed) => {
  const entity = [url('https://t.co/a', listed)];
  expect(matchPost(post('https://t.co/a', entity), sent, false)).toBe('similar');
  expect(matchPost(post('Read https://t.co/a', entity), `Read ${sent}`, false)).toBe('similar');
  expect(matchPost(post('Look https://t.co/a', entity), `Read ${sent}`, false)).toBe('other');
});

it.each([
  ['Hello there', '@mira Hello there'],
  ['@mira @bob Hello there', '@bob Hello there'],
  ['@mira Hello there', '@bob Hello there'],
  ['', '@mira'],
])('recognizes the reply %j as %j, whose names X may change', (shown, sent) => {
  expect(matchPost(post(shown), sent, true)).toBe('similar');
  expect(matchMediaPost(post(shown), ['5'], sent, true)).toBe('similar');
  expect(matchPost(post(`${shown} friend`), sent, true)).toBe('other');
});

it('recognizes a long post whether or not X escapes its characters', () => {
  const long = (text: string) => ({ id: '1', text: 'Start…', note_post: { text } });
  expect(matchPost(long('Start &amp; the rest'), 'Start & the rest', false)).toBe('same');
  expect(matchPost(long('Start & the rest'), 'Start & the rest', false)).toBe('same');
  expect(matchPost(long('Start &amp; the rest'), 'Start &amp; the rest', false)).toBe('similar');
});

it('does not take a post with pictures for one that was sent without any', () => {
  const pictured = { ...post('Hello there https://t.co/a'), attachments: { media_keys: ['3_5'] } };
  expect(matchPost(pictured, 'Hello there', false)).toBe('other');
  expect(matchMediaPost(pictured, ['5'], 'Anything', false)).toBe('same');
  expect(matchMediaPost(pictured, ['6'], 'Hello there', false)).toBe('other');
});

it('compares a post with pictures by its words if X lists no pictures', () => {
  const shown = post('https://t.co/aをご覧ください https://t.co/b');
  expect(matchMediaPost(shown, ['5'], 'https://example.com/aをご覧ください', false)).toBe('maybe');
  expect(matchMediaPost(shown, ['5'], 'https://example.com/aをご覧ください！', false)).toBe('similar');
  expect(matchMediaPost(shown, ['5'], 'https://example.com/aを見て', false)).toBe('other');
});

it('unescapes once', () => {
  expect(decodeBasicHtml('&amp;lt;')).toBe('&lt;');
});

it.each([
  ['at the end', 'Read ', '', 'same'],
  ['before a space', 'Read ', ' now', 'same'],
  ['before a text that follows directly', 'Read ', 'をご覧ください', 'same'],
  ['before another link', 'Read ', ' https://b.org', 'same'],
  ['in another text', 'Look ', ' now', 'other'],
] as const)('looks at a long link %s a few times, however long it is', (_place, before, after, expected) => {
  const written = `https://example.com/${'a/b'.repeat(700)}`;
  const links = [url('https://t.co/abc', written), url('https://t.co/def', 'https://b.org')];
  const shown = post(`Read https://t.co/abc${after.replace('https://b.org', 'https://t.co/def')}`, links);
  const parsed = vi.spyOn(URL, 'canParse');
  expect(matchPost(shown, `${before}${written}${after}`, false)).toBe(expected);
  expect(parsed.mock.calls.length).toBeLessThan(20);
  parsed.mockRestore();
});
