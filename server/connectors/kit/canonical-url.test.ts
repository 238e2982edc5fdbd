import { expect, it } from 'vitest';
import { canonicalUrl } from './canonical-url';

it.each([
  ['HTTPS://Example.com/', 'example.com'],
  ['http://example.com/A/?q=1', 'https://example.com/A?q=1'],
  ['https://例え.jp/あ', 'xn--r8jz45g.jp/%e3%81%82'],
  ['https://example.com:443/a', 'http://example.com:80/a'],
  ['https://example.com/%7Emira%2Da%5Fb%2Ehtml', 'https://example.com/~mira-a_b.html'],
  ['https://example.com/%41%62?q=%31', 'https://example.com/Ab?q=1'],
])('considers %s and %s the same address', (a, b) => {
  expect(canonicalUrl(a)).toBe(canonicalUrl(b));
});

it.each([
  ['example.com/a%2Fb', 'example.com/a/b'],
  ['example.com/a%2541', 'example.com/a%41'],
  ['https://example.com:8443/a', 'https://example.com/a'],
  ['https://example.com/a', 'https://example.com/A'],
])('considers %s and %s different addresses', (a, b) => {
  expect(canonicalUrl(a)).not.toBe(canonicalUrl(b));
});
