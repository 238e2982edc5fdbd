import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeText, countText, findUrls, weightedLength } from './text';

describe('weightedLength', () => {
  it.each([
    ['', 0],
    ['Hello', 5],
    ['é', 1],
    ['é', 1],
    ['日本語', 6],
    ['한국', 4],
    ['مرحبا', 5],
    ['👍', 2],
    ['👨‍👩‍👧‍👦', 2],
    ['👍🏽', 2],
    ['🇳🇵', 2],
    ['1️⃣', 2],
    ['“quoted”', 8],
    ['a…', 3],
    ['https://example.com', 23],
    ['https://example.com/a/very/long/path/that/is/longer/than/twenty-three?with=query#and', 23],
    ['example.com', 23],
    ['See https://example.com/a, and http://b.org.', 4 + 23 + 6 + 23 + 1],
    ['(https://en.wikipedia.org/wiki/A_(b))', 25],
    ['me@example.com', 14],
    ['@example.com', 12],
    ['1.5 and e.g. this', 17],
  ])('counts %j as %d', (text, length) => expect(weightedLength(text)).toBe(length));

  it('uses the heavier of two readings for an address that may not become a link', () => {
    expect(weightedLength('a.is')).toBe(23);
    const long = `${'a'.repeat(40)}.is`;
    expect(weightedLength(long)).toBe(43);
  });

  const plain = fc.string({ unit: fc.constantFrom(...'abc ÄÖé日本語あ👍\n'), maxLength: 80 });
  it('is additive over texts separated by a space', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(weightedLength(`${a} ${b}`)).toBe(weightedLength(a) + 1 + weightedLength(b));
      }),
    );
  });
  it('is the same for every address, however long', () => {
    fc.assert(
      fc.property(plain, fc.webUrl({ withQueryParameters: true }), plain, (a, url, b) => {
        fc.pre(findUrls(url).length === 1 && findUrls(url)[0]?.url === url);
        expect(weightedLength(`${a} ${url} ${b}`)).toBe(weightedLength(a) + weightedLength(b) + 25);
      }),
    );
  });
  it('is at most two per code point of a text without addresses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite', maxLength: 60 }), (text) => {
        fc.pre(findUrls(text.normalize('NFC')).length === 0);
        expect(weightedLength(text)).toBeLessThanOrEqual(2 * [...text.normalize('NFC')].length);
      }),
    );
  });
});

it('appends the link to an X post unless it is there, and omits it from a Facebook post', () => {
  const link = 'https://example.com/a';
  expect(composeText('x', ' Read ', link)).toBe(`Read\n\n${link}`);
  expect(composeText('x', `Read ${link} now`, link)).toBe(`Read ${link} now`);
  expect(composeText('x', '', link)).toBe(link);
  expect(composeText('facebook', 'Read', link)).toBe('Read');
  expect(countText('x', 'Read', link)).toBe(29);
  expect(countText('facebook', '👍日', link)).toBe(2);
});
