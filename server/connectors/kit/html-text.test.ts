import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { decodeHtml, textOfMarkup } from './html-text';
import { htmlText } from './wire';

test.each([
  ['Mom&#39;s', "Mom's"],
  ['Mom&#039;s', "Mom's"],
  ['Mom&#x27;s &#X27;', "Mom's '"],
  ['&quot;Tea &amp; Cake&quot;', '"Tea & Cake"'],
  ['&lt;3 &gt;', '<3 >'],
  ['Caf&eacute; &ndash; &euro;5&nbsp;each', 'Café – €5\u00a0each'],
  ['&#128522; &#x1F98A;', '😊 🦊'],
  // Once, never twice.
  ['&amp;amp;', '&amp;'],
  ['&amp;#39;', '&#39;'],
  ['&amp;lt;b&amp;gt;', '&lt;b&gt;'],
  // What is no entity stays.
  ['AT&T', 'AT&T'],
  ['a & b; c', 'a & b; c'],
  ['?a=1&copy=2&notit', '?a=1&copy=2&notit'],
  ['&unknown; &#; &#x;', '&unknown; &#; &#x;'],
  // What cannot be stored does not come in through an entity either.
  ['a&#0;b', 'a\ufffdb'],
  ['a&#xD83D;b', 'a\ufffdb'],
  ['a&#xFFFF;b', 'a\ufffdb'],
  ['', ''],
])('decodes %j once', (escaped, text) => {
  expect(decodeHtml(escaped)).toBe(text);
  expect(htmlText.parse(escaped)).toBe(text);
});

test('decoding undoes escaping, for every text and however often it was escaped', () => {
  const escapeOnce = (text: string) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;');
  const piece = fc.constantFrom(
    '&',
    ';',
    '#',
    'amp',
    'lt',
    '39',
    'x27',
    "'",
    '"',
    '<',
    '&amp;',
    '&#39;',
    '😊',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), (pieces, times) => {
      const text = pieces.join('');
      let sent = text;
      for (let i = 0; i < times; i++) sent = escapeOnce(sent);
      for (let i = 0; i < times; i++) sent = decodeHtml(sent);
      expect(sent).toBe(text);
    }),
  );
});

test.each([
  ['3 < 5 and 7 > 2', '3 < 5 and 7 > 2'],
  ['<p>I <3 tea, 5<6 <> 7</p>', 'I <3 tea, 5<6 <> 7'],
  ['<a title="a > b" rel=\'>\'>Tea</a> <img alt = "x>y"/>cake', 'Tea cake'],
  ['<p title=">Tea</p>', 'Tea'],
  ['<?xml version="1.0"?><!DOCTYPE e><e>Tea</e>', 'Tea'],
  ['Tea <b', 'Tea'],
])('of %j only tags are markup', (markup, text) => {
  expect(textOfMarkup(markup)).toBe(text);
});

test('shows the text of a page', () => {
  expect(textOfMarkup('<html><head><title>403 Forbidden</title></head><body></body></html>')).toBe(
    '403 Forbidden',
  );
  expect(
    textOfMarkup(
      '<!doctype html><title>x</title><style>p{}</style><script>alert(1)</script><h1>Sorry</h1>\n<p>Mom&#39;s',
    ),
  ).toBe("x Sorry Mom's");
});

test('removes elements and comments that are closed, and only the tags of others', () => {
  expect(
    textOfMarkup('a<SCRIPT>b</script >c<script x>d<style>e</style>f<!-- g -->h<script>i</script>j<style>k'),
  ).toBe('a c j k');
  expect(textOfMarkup('<head><script>a</head>b</script>c')).toBe('b c');
  expect(textOfMarkup('a<!-- b')).toBe('a');
});

test.each(['<script ', '<style>', '<head ', '<!-- '])(
  'searches for the end of %j only until there is none, and only in the beginning of a document',
  (opening) => {
    const searched = vi.spyOn(RegExp.prototype, 'test');
    textOfMarkup(`${opening.repeat(100_000)}<p>Tea`);
    const searches = searched.mock.calls.map(([text]) => text?.length ?? 0);
    searched.mockRestore();
    expect(searches.length).toBeLessThan(5);
    expect(Math.max(...searches)).toBeLessThanOrEqual(20_000);
  },
);

test('never reads beyond the beginning of a document', () => {
  expect(textOfMarkup(`<p>Tea${' '.repeat(30_000)}</p>cake`)).toBe('Tea');
  expect(textOfMarkup('<title '.repeat(300_000))).toBe('');
});
