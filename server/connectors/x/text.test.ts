import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measure, weightedLength, xTextRules } from './text';

const urlsIn = (text: string) => xTextRules.findLinks(text).map((link) => link.url);

describe('links', () => {
  it.each([
    ['https://example.com/aをご覧ください', ['https://example.com/a']],
    ['「https://example.com/a」', ['https://example.com/a']],
    ['example.comは、t.co/abcでも', ['example.com', 't.co/abc']],
    ['https://ashort.url?utm=1', []],
    ['http://localhost:3000/a', []],
    ['(https://en.wikipedia.org/wiki/A_(b))', ['https://en.wikipedia.org/wiki/A_(b)']],
    [
      'See https://example.com/a_, or https://example.com/b/.',
      ['https://example.com/a_', 'https://example.com/b/'],
    ],
    ['me@example.com @example.com #example.com $example.com', []],
    ['twitter.みんなです', ['twitter.みんな']],
    ['https://example.com?a=b|c', ['https://example.com?a=b|c']],
    ['a.is', ['a.is']],
  ])('of %j are %j', (text, urls) => {
    expect(urlsIn(text)).toEqual(urls);
    for (const { start, end, url } of xTextRules.findLinks(text)) expect(text.slice(start, end)).toBe(url);
  });

  it('are found at their offsets in long texts', () => {
    const text = `${'あ'.repeat(5_000)} https://example.com/aを ${'b'.repeat(9_000)} https://example.com/b`;
    expect(urlsIn(text)).toEqual(['https://example.com/a', 'https://example.com/b']);
    for (const { start, end, url } of xTextRules.findLinks(text)) expect(text.slice(start, end)).toBe(url);
  });
});

describe('the weighted length', () => {
  it.each([
    ['', 0],
    ['Hello', 5],
    ['é', 1],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한국', 4],
    ['مرحبا', 5],
    ['👍', 2],
    ['👨‍👩‍👧‍👦', 2],
    ['👍🏽', 2],
    ['🇳🇵', 2],
    ['1️⃣', 2],
    // Newer than twitter-text: Unicode 12, 14 and 15.1.
    ['🧑‍🤝‍🧑', 2],
    ['🫱🏽‍🫲🏿', 2],
    ['🐦‍🔥', 2],
    ['“quoted”', 8],
    ['a…', 3],
    ['https://example.com', 23],
    ['https://example.com/a/very/long/path/that/is/longer/than/twenty-three?with=query#and', 23],
    ['example.com', 23],
    ['https://example.com/aをご覧ください', 23 + 14],
    ['https://ashort.url?utm=1', 24],
    ['See https://example.com/a, and http://b.org.', 4 + 23 + 6 + 23 + 1],
    ['(https://en.wikipedia.org/wiki/A_(b))', 25],
    ['me@example.com', 14],
    ['@example.com', 12],
    ['1.5 and e.g. this', 17],
    ['a.is', 23],
    [`${'a'.repeat(40)}.is`, 23],
  ])('of %j is %d', (text, length) => expect(weightedLength(text)).toBe(length));

  it.each([
    [`${'a'.repeat(256)} https://example.com/${'x'.repeat(300)}`, 280, true],
    [`${'a'.repeat(257)} https://example.com/${'x'.repeat(300)}`, 281, false],
    [`${'語'.repeat(139)} あ`, 281, false],
    ['語'.repeat(140), 280, true],
    ['👩🏽‍🚀'.repeat(140), 280, true],
    [`${'👩🏽‍🚀'.repeat(140)}!`, 281, false],
    ['a\uFEFFb', 4, false],
    ['', 0, false],
  ])('decides whether X accepts a text: %j', (text, length, valid) => {
    expect(measure(text)).toMatchObject({
      weightedLength: length,
      valid,
      permillage: Math.floor((length / 280) * 1000),
    });
  });

  const plain = fc.string({ unit: fc.constantFrom(...'abc ÄÖé日本語あ👍\n'), maxLength: 80 });
  it('is additive over texts separated by a space', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(weightedLength(`${a} ${b}`)).toBe(weightedLength(a) + 1 + weightedLength(b));
      }),
    );
  });
  it('is the same for every link, however long', () => {
    fc.assert(
      fc.property(plain, fc.webUrl({ withQueryParameters: true }), plain, (a, url, b) => {
        fc.pre(urlsIn(url)[0] === url);
        expect(weightedLength(`${a} ${url} ${b}`)).toBe(weightedLength(a) + weightedLength(b) + 25);
      }),
    );
  });
  it('is at most two per code point of a text without links', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite', maxLength: 60 }), (text) => {
        fc.pre(urlsIn(text.normalize('NFC')).length === 0);
        expect(weightedLength(text)).toBeLessThanOrEqual(2 * [...text.normalize('NFC')].length);
      }),
    );
  });

  it('of a very long text without white space is measured quickly', () => {
    const began = performance.now();
    expect(weightedLength(`${'語'.repeat(60_000)}.`)).toBe(120_001);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
