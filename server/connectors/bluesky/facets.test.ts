import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mentionedIn, richText } from './facets';
import { blueskyTextRules, showLink } from './text';

const DIDS = new Map([['mira.bsky.social', 'did:plc:mira']]);
/** What each facet covers, cut out by its bytes, and what it is. */
const facetsOf = (written: string) => {
  const { text, facets } = richText(written, DIDS);
  const bytes = Buffer.from(text, 'utf8');
  return facets.map(({ index, features: [feature] }) => [
    bytes.subarray(index.byteStart, index.byteEnd).toString('utf8'),
    'uri' in feature ? feature.uri : 'did' in feature ? feature.did : `#${feature.tag}`,
  ]);
};

test.each([
  ['See https://example.com.', [['example.com', 'https://example.com']]],
  ['👩‍👩‍👧 日本語 https://example.com/ü です', [['example.com/ü', 'https://example.com/ü']]],
  ['in example.com/shop', [['example.com/shop', 'https://example.com/shop']]],
  ['Hi @mira.bsky.social!', [['@mira.bsky.social', 'did:plc:mira']]],
  ['(@Mira.Bsky.Social)', [['@Mira.Bsky.Social', 'did:plc:mira']]],
  // Nobody has this handle, an address, and a name without a dot.
  ['@nobody.example me@mira.bsky.social @mira', []],
  [
    '#ink, #日本語。 ＃全角 #c++',
    [
      ['#ink', '#ink'],
      ['#日本語', '#日本語'],
      ['＃全角', '#全角'],
      ['#c++', '#c++'],
    ],
  ],
  ['#1 #2024 a#b # ##', []],
  [`#${'x'.repeat(65)}`, []],
  ['https://example.com/#top', [['example.com/#top', 'https://example.com/#top']]],
])('%s', (written, expected) => expect(facetsOf(written)).toEqual(expected));

test('handles are asked once each', () =>
  expect(mentionedIn('@a.test @A.test, @b.test https://x.test/@c.test')).toEqual(['a.test', 'b.test']));

test('a long link is shown shortened, and its facet has all of it', () => {
  const url = 'https://www.example.com/a/very/long/path?with=parameters#part';
  expect(facetsOf(`Read ${url}`)).toEqual([['www.example.com/a/very/long/...', url]]);
  expect(showLink('https://example.com/')).toBe('example.com');
  expect(blueskyTextRules.count(url)).toBe('www.example.com/a/very/long/...'.length);
});

test('lengths are graphemes, and bytes where those are many', () => {
  const { count } = blueskyTextRules;
  expect(count('👩‍👩‍👧é日')).toBe(4 - 1);
  // 25 bytes each: 120 of them are 3,000.
  expect(count('👨‍👩‍👧‍👦'.repeat(120))).toBe(300);
  expect(count('👨‍👩‍👧‍👦'.repeat(121))).toBeGreaterThan(300);
});

test('facets of any text lie within it, in order, on whole characters', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('#tag', '＃全角', '@mira.bsky.social', 'https://example.com/a#b?c=@d', '🎉', '\n'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const { text, facets } = richText(words.join(' '), DIDS);
      const bytes = Buffer.from(text, 'utf8');
      let end = 0;
      for (const { index } of facets) {
        expect(index.byteStart).toBeGreaterThanOrEqual(end);
        expect(index.byteEnd).toBeGreaterThan(index.byteStart);
        expect(bytes.subarray(index.byteStart, index.byteEnd).toString('utf8')).not.toContain('\ufffd');
        end = index.byteEnd;
      }
      expect(end).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
