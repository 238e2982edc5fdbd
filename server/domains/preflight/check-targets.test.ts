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

test('a post with media may be shorter than one without', () => {
  if (!traits) throw new Error('no traits');
  const captioned = { ...traits, media: { ...traits.media, characters: 5 } };
  const png = {
    fileId: 'fil_1',
    name: 'a.png',
    kind: 'picture',
    mime: 'image/png',
    bytes: 10,
    width: 1,
    height: 1,
    durationMs: null,
    alt: '',
  } as unknown as Parameters<typeof contentProblem>[0]['media'][number];
  expect(contentProblem({ ...bare, text: 'Six ab' }, 'X', captioned)).toBeNull();
  expect(contentProblem({ ...bare, text: 'Six ab', media: [png] }, 'X', captioned)).toSay(
    /X allows 5 characters in a post with pictures or other files, and this has 6/,
  );
  expect(contentProblem({ ...bare, text: 'x'.repeat(281), media: [png] }, 'X', traits)).toSay(
    /X allows 280 characters, and this has 281/,
  );
});
