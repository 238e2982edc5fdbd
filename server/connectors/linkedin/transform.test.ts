import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  commentUrn,
  engagementOf,
  hasMedia,
  littleText,
  postOf,
  readCommentUrn,
  readLittleText,
  statisticsPath,
} from './transform';

const PAGE = 'urn:li:organization:1';

describe('the little text format', () => {
  it.each([
    ['a (b) [c] {d} <e> f|g', 'a \\(b\\) \\[c\\] \\{d\\} \\<e\\> f\\|g'],
    ['_x_ *y* ~z~ \\', '\\_x\\_ \\*y\\* \\~z\\~ \\\\'],
    ['mail me@example.com', 'mail me\\@example.com'],
    ['#new #日本 #new_year', '#new #日本 #new\\_year'],
    ['C#, # 1, a#b, ##', 'C\\#, \\# 1, a\\#b, \\#\\#'],
    ['https://example.com/a_(b)#top', 'https://example.com/a\\_\\(b\\)\\#top'],
    ['→ ✅ 👩🏽‍🚀', '→ ✅ 👩🏽‍🚀'],
  ])('of %j', (text, written) => {
    expect(littleText(text)).toBe(written);
    expect(readLittleText(written)).toBe(text);
  });

  it('is read with the hashtags and mentions that LinkedIn writes', () => {
    const shown = 'By @[Ink \\(& Oak\\)](urn:li:organization:1): {hashtag|\\#|new\\_year} \\#1';
    expect(readLittleText(shown)).toBe('By Ink (& Oak): #new_year #1');
  });

  test('loses nothing of any text', () => {
    const around = fc.constantFrom(...'\\|{}@[]()<>#*_~ a1é茶\n');
    fc.assert(
      fc.property(fc.array(fc.oneof(around, fc.string({ unit: 'grapheme', maxLength: 3 }))), (parts) => {
        const text = parts.join('');
        expect(readLittleText(littleText(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a post', () => {
  const of = (more: object) => postOf(PAGE, { text: ' Hello ', idempotencyKey: 'k', ...more });

  it('has the link in its text, and the options', () => {
    const options = { visibility: 'CONNECTIONS', reshare: false };
    expect(of({ link: 'https://example.com/a_b', options })).toEqual({
      author: PAGE,
      commentary: 'Hello\n\nhttps://example.com/a\\_b',
      visibility: 'CONNECTIONS',
      distribution: {
        feedDistribution: 'MAIN_FEED',
        targetEntities: [],
        thirdPartyDistributionChannels: [],
      },
      lifecycleState: 'PUBLISHED',
      isReshareDisabledByAuthor: true,
    });
    expect(of({})).toMatchObject({ visibility: 'PUBLIC', isReshareDisabledByAuthor: false });
  });

  it('describes its pictures, and gives a document its title', () => {
    const [a, b] = ['urn:li:image:a', 'urn:li:image:b'];
    const picture = { remoteId: a, kind: 'picture', alt: 'A fox' };
    expect(of({ media: [picture] })).toMatchObject({ content: { media: { id: a, altText: 'A fox' } } });
    expect(of({ media: [picture, { remoteId: b, kind: 'picture' }] })).toMatchObject({
      content: { multiImage: { images: [{ id: a, altText: 'A fox' }, { id: b }] } },
    });
    const document = { remoteId: 'urn:li:document:c', kind: 'document', alt: 'Prices' };
    expect(of({ media: [document] })).toMatchObject({
      content: { media: { id: 'urn:li:document:c', title: 'Prices' } },
    });
  });

  it('is recognized by its media', () => {
    const images = [{ id: 'urn:li:image:a' }, { id: 'urn:li:image:b' }];
    const post = { id: 'urn:li:share:1', content: { multiImage: { images } } };
    expect(hasMedia(post, [{ remoteId: 'urn:li:image:b' }])).toBe(true);
    expect(hasMedia(post, [{ remoteId: 'urn:li:image:c' }])).toBe(false);
    expect(hasMedia({ id: 'urn:li:share:1' }, [{ remoteId: 'urn:li:image:b' }])).toBe(false);
  });
});

it('reads the URNs of comments, long and short', () => {
  const long = 'urn:li:comment:(urn:li:activity:12,34)';
  expect(readCommentUrn(long)).toEqual({ post: 'urn:li:activity:12', id: '34' });
  expect(readCommentUrn('urn:li:comment:(activity:12,34)')).toEqual({ post: 'urn:li:activity:12', id: '34' });
  expect(readCommentUrn('urn:li:share:12')).toBeNull();
  expect(commentUrn('urn:li:share:1', { id: '34', commentUrn: long })).toBe(long);
  expect(commentUrn('urn:li:share:1', { id: '34', commentUrn: 'odd' })).toBe(
    'urn:li:comment:(urn:li:share:1,34)',
  );
});

it('asks for the statistics of both kinds of posts, and reads only those that it asked for', () => {
  expect(statisticsPath(PAGE, ['urn:li:share:1', 'urn:li:ugcPost:2', 'urn:li:share:3', 'repost:4'])).toBe(
    '/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity=urn%3Ali%3Aorganization%3A1&shares=List(urn%3Ali%3Ashare%3A1,urn%3Ali%3Ashare%3A3)&ugcPosts=List(urn%3Ali%3AugcPost%3A2)',
  );
  expect(statisticsPath(PAGE, ['urn:li:comment:(urn:li:share:1,2)'])).toBeNull();
  const n = { likeCount: 1, commentCount: 2, shareCount: 3, impressionCount: null };
  const elements = [
    { ugcPost: 'urn:li:ugcPost:2', totalShareStatistics: n },
    { share: 'urn:li:share:9', totalShareStatistics: n },
    { share: 'urn:li:share:1', totalShareStatistics: null },
  ];
  expect(engagementOf({ elements }, ['urn:li:share:1', 'urn:li:ugcPost:2'])).toEqual([
    { remoteId: 'urn:li:ugcPost:2', gone: false, likes: 1, replies: 2, reposts: 3, views: null },
    { remoteId: 'urn:li:share:1', gone: false, likes: null, replies: null, reposts: null, views: null },
  ]);
});
