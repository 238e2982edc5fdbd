import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { textRules } from '@/server/connectors/text-rules';
import { findLinks, hasInvalidCharacters, weightedLength as standInLength } from '@/server/sandbox/x/text';
import { CONTRACTS } from '@/tests/contracts/readers/contract';
import { measure, weightedLength } from './text';

// X publishes how it finds links and counts characters as test cases: https://github.com/twitter/twitter-text/tree/master/conformance. The
// connector and its stand-in in the sandbox follow them independently of each other.
const FOLDER = path.join(CONTRACTS, 'x/text-conformance');
const present = existsSync(path.join(FOLDER, 'validate.yml'));
const MISSING = 'X’s test cases are not next to the checkout, in shared/contracts/x/text-conformance';

interface Case<T> {
  description: string;
  text: string;
  expected: T;
}
type Counted = { weightedLength: number; valid: boolean; permillage: number };
type Placed = { url: string; indices: [number, number] };
const groupsOf = <T>(file: string): Record<string, Case<T>[]> =>
  (parse(readFileSync(path.join(FOLDER, file), 'utf8')) as { tests: Record<string, Case<T>[]> }).tests;

/** Returns the cases that a reader gets wrong, with what it returned. */
const wrong = <T>(cases: readonly Case<T>[], read: (text: string) => unknown) =>
  cases
    .map(({ description, text, expected }) => ({ description, text, expected, read: read(text) }))
    .filter((one) => JSON.stringify(one.read) !== JSON.stringify(one.expected));

interface Reader {
  links(text: string): { start: number; end: number; url: string }[];
  measure(text: string): Counted;
}
const STAND_IN: Reader = {
  links: findLinks,
  measure(text) {
    const length = standInLength(text);
    return {
      weightedLength: length,
      valid: length > 0 && length <= 280 && !hasInvalidCharacters(text),
      permillage: Math.floor((length / 280) * 1000),
    };
  },
};
const CONNECTOR: Reader = { links: textRules('x').findLinks, measure };

describe.each([
  ['the connector', CONNECTOR],
  ['the stand-in', STAND_IN],
])('%s', (_name, reader) => {
  const placed = (text: string): Placed[] =>
    reader.links(text).map(({ start, end, url }) => ({ url, indices: [start, end] }));
  const urls = (text: string) => reader.links(text).map(({ url }) => url);

  test('counts every case as X does', ({ skip }) => {
    skip(!present, MISSING);
    const groups = groupsOf<Counted>('validate.yml');
    const named = ['WeightedTweetsCounterTest', 'WeightedTweetsWithDiscountedEmojiCounterTest'] as const;
    const [older = [], current = []] = named.map((name) => groups[name]);
    const directed = groups.UnicodeDirectionalMarkerCounterTest ?? [];
    expect(older.length + current.length).toBe(42);
    // The first group was written when each part of an emoji counted. Where the second has the same text, it replaces it.
    const replaced = new Set(
      ['Count a mix of', 'Count unicode emoji chars outside'].flatMap((start) =>
        older.filter(({ description }) => description.startsWith(start)),
      ),
    );
    expect([...replaced].every(({ text }) => current.some((one) => one.text === text))).toBe(true);
    const cases = [...older.filter((one) => !replaced.has(one)), ...current, ...directed];
    const counted = cases.map(({ expected: { weightedLength, valid, permillage }, ...one }) => ({
      ...one,
      expected: { weightedLength, valid, permillage },
    }));
    expect(wrong(counted, reader.measure)).toEqual([]);
  });

  test('finds the links of every case as X does', ({ skip }) => {
    skip(!present, MISSING);
    const groups = groupsOf<string[]>('extract.yml');
    const plain = [...(groups.urls ?? []), ...(groups.tco_urls_with_params ?? [])];
    const withOffsets = groupsOf<Placed[]>('extract.yml');
    const offsets = [
      ...(withOffsets.urls_with_indices ?? []),
      ...(withOffsets.urls_with_directional_markers ?? []),
    ];
    expect(plain.length + offsets.length).toBeGreaterThanOrEqual(98);
    expect(wrong(plain, urls)).toEqual([]);
    expect(wrong(offsets, placed)).toEqual([]);
  });

  test('knows every ending that X knows', ({ skip }) => {
    skip(!present, MISSING);
    const groups = groupsOf<string[]>('tlds.yml');
    const cases = Object.values(groups).flat();
    expect(cases).toHaveLength(1_574);
    expect(wrong(cases, urls)).toEqual([]);
  });
});

/** Pieces of texts: links of every form, and what stands around them. Endings are those that both have known for years. */
const host = fc.constantFrom(
  'example.com',
  'shop.example.co.uk',
  'a-b.org',
  'it.so',
  'x.みんな',
  'ELPAÍS.com',
  'Éa.com',
  'a_b.c.net',
);
const after = fc.constantFrom(
  '',
  '/',
  '/a',
  '/a_(b)',
  '/a?b=c&d=%20',
  '?q=1',
  '/a#b',
  '/Русские',
  '/a.',
  ':8080/x',
  '/~a+b-',
);
const link = fc
  .tuple(fc.constantFrom('https://', 'http://', 'HTTPS://', ''), host, after)
  .map((parts) => parts.join(''));
const around = fc.constantFrom(
  ...[
    ' ',
    '\n',
    '。',
    'をご覧ください',
    '(',
    ')',
    '「',
    '」',
    ', ',
    '. ',
    '!',
    '…',
    '@',
    '#',
    '$',
    '_',
    '-',
    '/',
    'a',
    '9',
    'é',
    'e\u0301',
  ],
  ...[
    '👍',
    '👩🏽‍🚀',
    '🇳🇵',
    '1⃣',
    '❤',
    '❤️',
    '©',
    '한국',
    'پاکستان',
    '\u2066',
    '\u200B',
    '<',
    '&',
    '"',
    'https://',
    'www.',
    '.',
    '?',
  ],
);
const text = fc.array(fc.oneof(around, link), { maxLength: 12 }).map((parts) => parts.join(''));

test('the connector and the stand-in find the same links and count the same', () => {
  fc.assert(
    fc.property(text, (written) => {
      const places = ({ start, end, url }: { start: number; end: number; url: string }) => [start, end, url];
      expect(CONNECTOR.links(written).map(places)).toEqual(STAND_IN.links(written).map(places));
      expect(weightedLength(written)).toBe(standInLength(written));
    }),
    { numRuns: 1_000 },
  );
});
