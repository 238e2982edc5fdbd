import fc from 'fast-check';
import extractUrlsWithIndices from 'twitter-text/dist/extractUrlsWithIndices.js';
import parseTweet from 'twitter-text/dist/parseTweet.js';
import { beforeEach, expect, test, vi } from 'vitest';
import * as characters from './characters';
import { linksIn } from './links';
import { measure, weightedLength, xTextRules } from './text';

vi.mock('./characters', async (original) => {
  const real = await original<typeof characters>();
  return { ...real, isAt: vi.fn(real.isAt) };
});
const looks = vi.mocked(characters.isAt);
beforeEach(() => {
  looks.mockClear();
});

const unit = fc.constantFrom(
  ...[...'a b1-_.:/?@#$%&=()!~|é中日。xnKſ\u2066\u0301\uFEFF👍'],
  ...['.com', '.co', '.みんな', '.公司', 'com', 'is', '.de', '.한국', '한국', '.vermögensberatung', '.xn--a'],
  ...['https://', 'HTTP://', 'https://t.co/', 't.co/', 'a.com/', 'xn--', 'a_b', '.-', '-.', '..', ':80'],
  ...['/a', '?q=1', '(b)', '...', 'a'.repeat(64), '中'.repeat(60)],
);
test('finds and counts the links that twitter-text finds', () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 25, size: 'max' }), (units) => {
      const text = units.join('').normalize('NFC');
      expect(linksIn(text).map(({ start, end, counted }) => [start, end, counted])).toEqual(
        extractUrlsWithIndices(text).map(({ url, indices }) => [...indices, url.length]),
      );
      if (!/\s/.test(text)) expect(weightedLength(text)).toBe(parseTweet(text).weightedLength);
    }),
    { numRuns: 2_000 },
  );
});

/** Maximum number of looks at a character, for each one of a text. */
const LOOKS = 12;
test.each(['中.', 'a.', 'あ', 'a-', '中_.', 'b_b.com.', 'a.com/(', '.com', 'https://中.', '中。', 'xn--a.'])(
  'reads a text of %j a bounded number of times',
  (part) => {
    const text = part.repeat(Math.floor(4_000 / part.length));
    for (const end of ['', '.', 'com', '.com', '.中.-中.com']) {
      looks.mockClear();
      linksIn(text + end);
      expect(looks.mock.calls.length).toBeLessThan(LOOKS * (text + end).length);
    }
  },
);

test('reads a text once that is checked again', () => {
  const text = '中.com と 中.jp'.repeat(10);
  const [links, measured] = [xTextRules.findLinks(text), measure(text)];
  looks.mockClear();
  expect(xTextRules.findLinks(text)).toEqual(links);
  expect(measure(text)).toEqual(measured);
  expect(looks).not.toHaveBeenCalled();
});
