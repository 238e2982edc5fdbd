import { expect, test } from 'vitest';
import { FakePlatform } from '../publisher/testing';
import { contentProblem } from './check-targets';

const traits = new FakePlatform().traits('x');
const bare = { link: null, parts: [], media: [] };

test.each([
  '',
  '  \n',
  '\u200B',
  '\u200D\u2060',
  '\u3164',
  '\u2800',
  '\u00AD',
  '\u202E',
  '\uFE0F',
  '\u{E0067}',
  ' \u0301',
])('a text without visible content is empty: %j', (text) => {
  if (!traits) throw new Error('no traits');
  expect(contentProblem({ ...bare, text }, 'X', traits)).toSay(/empty/);
  expect(
    contentProblem({ ...bare, text: 'a', parts: [{ text }] }, 'X', {
      ...traits,
      follow: 'thread',
      parts: { most: 5, characters: 280 },
    }),
  ).toSay(/Part 2 .* is empty/);
  expect(contentProblem({ ...bare, text, link: 'https://example.com' }, 'X', traits)).toBeNull();
});
