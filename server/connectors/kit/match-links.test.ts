import { expect, it } from 'vitest';
import { matchPieces, matchWords, piecesSent, piecesShown } from './match-links';
import { findUrls } from './text';

/** A platform that shows `<n>` in place of the n-th link, and lists these addresses. */
const shown = (text: string, listed: readonly (string | null)[], target: string | null = null) =>
  piecesShown(text, /<\d>/g, (place, i) => ({ shown: place, written: listed[i] ?? null, target }));
const match = (text: string, listed: readonly (string | null)[], sent: string, target?: string) =>
  matchPieces([shown(text, listed, target)], sent, findUrls, { names: /^@\w+\s/ });

it('compares the texts around links, and the addresses that they replace', () => {
  expect(match('Read <1> now', ['https://a.org/x/'], 'Read https://a.org/x now')).toBe('same');
  expect(match('Read <1>now', ['https://a.org/x'], 'Read https://a.org/xnow')).toBe('same');
  expect(match('Read <1> now', [null], 'Read https://a.org/x now')).toBe('maybe');
  expect(match('Read <1>', ['https://b.org'], 'Read https://a.org', 'https://a.org')).toBe('maybe');
  expect(match('Read <1>', ['https://b.org'], 'Read https://a.org')).toBe('similar');
  expect(match('@mira Read this', [], 'Read this')).toBe('similar');
  expect(match('Look <1>', ['https://a.org'], 'Read https://a.org')).toBe('other');
});

it('compares only the words if links do not matter', () => {
  const own = piecesSent('Read https://a.org now', findUrls);
  expect(matchWords(shown('Read <1> now', []), own)).toBe('same');
  expect(matchWords(shown('Read <1> now!', []), own)).toBe('similar');
  expect(matchWords(shown('Look <1> now', []), own)).toBe('other');
});
