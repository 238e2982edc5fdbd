import fc from 'fast-check';
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

it.each([
  ['https://example.com/магазины', 'https://example.com/магазин'],
  ['https://ja.example.com/商品一覧', 'https://ja.example.com/'],
  ['https://ja.example.com/商品一覧', 'https://ja.example.com/商品'],
  ['https://example.com/prints(neu)', 'https://example.com/prints'],
  ['https://example.com/prints[neu]', 'https://example.com/prints'],
  ['https://example.com/shop-überblick', 'https://example.com/shop-'],
  ['https://example.com/Käse(Begriff)', 'https://example.com/Käse'],
  ['https://example.com/a.Подробнее', 'https://example.com/a'],
  ['https://example.com/e\u0301te', 'https://example.com/e'],
])('the beginning of an address in any script is not the address: %s', (longer, link) => {
  expect(includesAddress(`Neu: ${longer} …`, link)).toBe(false);
  expect(composeText('x', longer, link)).toBe(`${longer}\n\n${link}`);
  expect(includesAddress(`${longer} ${link}`, link)).toBe(true);
});

it.each([
  '詳しくはhttps://example.com/aをどうぞ',
  '（https://example.com/a）です',
  'https://example.com/a，很好',
  'https://example.com/a를 보세요',
  '«Уже здесь: https://example.com/a»',
  '[https://example.com/a]',
  '[Neu](https://example.com/a), ja',
  'https://example.com/a’s',
  'https://example.com/a؟ نعم',
  'https://example.com/a।',
  'https://example.com/a!Да. https://example.com/a!',
])('a text contains a link beside punctuation and words of any script: %s', (text) => {
  expect(includesAddress(text, 'https://example.com/a')).toBe(true);
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

it.each([
  ['詳しくは https://example.com/a。次の作品も', ['https://example.com/a']],
  ['詳しくはhttps://example.com/a をどうぞ', ['https://example.com/a']],
  ['Здесьhttps://example.com/a', ['https://example.com/a']],
  ['https://example.comをどうぞ', ['https://example.com']],
  ['https://example.com、https://example.org/b！', ['https://example.com', 'https://example.org/b']],
  ['（https://example.com/a）です', ['https://example.com/a']],
  ['(https://example.com/a)です', ['https://example.com/a']],
  ['https://example.com/a，很好', ['https://example.com/a']],
  ['«Уже здесь: https://example.com/a»', ['https://example.com/a']],
  ['„https://example.com/a“, “https://example.com/b”', ['https://example.com/a', 'https://example.com/b']],
  ['[https://example.com/a]', ['https://example.com/a']],
  ['[https://example.com/a](https://example.com/b)', ['https://example.com/a', 'https://example.com/b']],
  ['https://example.com/a’s', ['https://example.com/a']],
  ["https://example.com/a's new", ['https://example.com/a']],
  ["'https://example.com/a', 'https://example.com/b'", ['https://example.com/a', 'https://example.com/b']],
  ["https://example.com/bestway-10'-x-30inch", ["https://example.com/bestway-10'-x-30inch"]],
  ["https://fr.wikipedia.org/wiki/L'Équipe", ["https://fr.wikipedia.org/wiki/L'Équipe"]],
  ["https://example.com/Hobson's_choice", ["https://example.com/Hobson's_choice"]],
  ['https://example.com/a؟ نعم', ['https://example.com/a']],
  ['https://example.com/a।', ['https://example.com/a']],
  ['https://example.com/a—really', ['https://example.com/a']],
  ['https://example.com/a👇🏽', ['https://example.com/a']],
  ['https://example.com/a\u200f.', ['https://example.com/a']],
  // These are parts of addresses.
  [
    'https://ja.wikipedia.org/wiki/スター・ウォーズ_(映画)。',
    ['https://ja.wikipedia.org/wiki/スター・ウォーズ_(映画)'],
  ],
  ['https://example.com/?a[]=1&b[c]=2', ['https://example.com/?a[]=1&b[c]=2']],
  ['https://example.com/Michelson–Morley', ['https://example.com/Michelson–Morley']],
  ['https://example.com/می‌خواهم', ['https://example.com/می‌خواهم']],
  ['https://президент.рф/новости', ['https://президент.рф/новости']],
  ['https://例え.テスト/商品', ['https://例え.テスト/商品']],
])('finds the addresses of %j', (text, urls) => {
  expect(generalRules.findLinks(text).map(({ url }) => url)).toEqual(urls);
});

it('does not know where an address without https:// begins after a word without a space', () => {
  const certain = (text: string) => generalRules.findLinks(text).map((link) => link.certain);
  expect(certain('詳しくはexample.com/a')).toEqual([false]);
  expect(certain('日本語.com と example.com')).toEqual([true, true]);
});

const WORDS = ['Neu', 'Новое', '詳しくは', 'を見て', '보세요', 'ดูที่', 'نعم', 'नया', 'été', 'Κοίτα', '7'];
const word = fc.constantFrom(...WORDS);
const address = fc
  .tuple(
    fc.constantFrom('https://example.com', 'http://a.example:8080', 'https://президент.рф'),
    fc.array(fc.constantFrom(...WORDS, 'a', '_(b)', '-', '/', '?q=', '[1]', '%20', '.html', "l'a"), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([host, path]) => `${host}/${path.join('')}a`);
const ENDS = [
  ...' \n。、，！？；：）」』】》〉”’»›“؟،؛۔।॥…—」👍★\u200f',
  '.',
  '!',
  '?!',
  ')',
  ']',
  '"',
  ').',
  '".',
];

it('finds every address whole between words and punctuation of any script', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ word, address, end: fc.constantFrom(...ENDS) }), { maxLength: 4 }),
      (parts) => {
        // A Latin letter directly before https:// would be part of another scheme.
        const text = parts.map(({ word: before, address: url, end }) => `${before}:${url}${end} `).join('');
        const found = generalRules.findLinks(text);
        expect(found.map(({ url }) => url)).toEqual(parts.map(({ address: url }) => url));
        for (const { start, end, url } of found) expect(text.slice(start, end)).toBe(url);
        for (const { address: url } of parts) expect(includesAddress(text, url)).toBe(true);
      },
    ),
  );
});

it('never takes the beginning of an address for the whole, unless a sentence may continue there', () => {
  fc.assert(
    fc.property(address, fc.nat(), (url, at) => {
      const shorter = url.slice(0, 'https://example.com/'.length + (at % url.length));
      if (shorter.length >= url.length) return;
      const next = url.slice(shorter.length);
      const mayContinue =
        /[a-z0-9]$/i.test(shorter) &&
        /^[.,;:!?'*~)\]|–]*[\p{sc=Han}\p{sc=Hiragana}\p{sc=Hangul}\p{sc=Thai}]/u.test(next);
      if (mayContinue) return;
      expect(includesAddress(`${url} ${url}`, shorter)).toBe(false);
      expect(composeFollowing(url, shorter)).toBe(`${url}\n\n${shorter}`);
    }),
  );
});

it('finds addresses at their offsets in any text', () => {
  const part = fc.constantFrom(
    ...WORDS,
    ...ENDS,
    'https://',
    'example.com',
    '/a',
    '(',
    '[',
    "'",
    "'s",
    '·',
    '@',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(part).map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        let last = 0;
        for (const { start, end, url } of generalRules.findLinks(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(text.slice(start, end)).toBe(url);
          last = end;
        }
      },
    ),
  );
});

it.each([
  'https://a.example/)',
  'https://a.example/(',
  'https://a.example/[(',
  "https://a.example/'",
  'https://a.example/。',
  'https://a.example/.',
  '詳しくはhttps://',
  'あhttps://a.a',
  'a.あ',
  'https://a.example/a. ',
])('reads thousands of %j in linear time', (unit) => {
  const text = unit.repeat(20_000);
  generalRules.findLinks(text);
  expect(includesAddress(text, 'https://a.example/b')).toBe(false);
  expect(includesAddress(text.replaceAll(' ', ''), 'https://a.example')).toBe(false);
});
