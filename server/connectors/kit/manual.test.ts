import { expect, test } from 'vitest';
import { found } from './addresses';
import { accountAt, readByPath } from './manual';

const terms = {
  name: 'Handmade',
  web: 'https://handmade.test',
  webAliases: ['handmade.example'],
  postPath: /^\/@[^/]+\/[\w-]*-(?<id>\d{4,12})$/g,
};

test.each([
  ['handmade.test/@Mira', '/@mira', '@Mira'],
  ['https://www.handmade.example/@mira?from=mail#top', '/@mira', '@mira'],
  ['https://handmade.test/people/%E8%8C%B6/', '/people/%e8%8c%b6', '茶'],
  ['https://handmade.test/@%E0%A4%A', '/@%e0%a4%a', '@%E0%A4%A'],
])('the account at %s is %s', (typed, remoteId, name) => {
  expect(accountAt(terms, typed)).toMatchObject({ remoteId, name });
});

test.each([
  '',
  'handmade.test',
  'https://elsewhere.test/@mira',
  'https://handmade.test.evil.test/@mira',
  'javascript:alert(1)',
])('there is no account at “%s”', (typed) => {
  expect(accountAt(terms, typed)).toBeNull();
});

test('the id of a post is in its path, each time it is read', () => {
  const read = readByPath(terms);
  const at = (...segments: string[]) =>
    read(
      { segments, query: new URLSearchParams() },
      { remoteId: '/@mira', remoteUrl: null, remote: {} },
      { name: terms.name, web: terms.web, aliases: [] },
      'post',
    );
  for (let i = 0; i < 2; i++) expect(at('@mira', 'a-story-4711')).toEqual(found('4711'));
  for (const other of [['@mira'], ['@mira', 'a-story'], ['new', 'a-story-4711', 'edit']])
    expect(at(...other)).toMatchObject({ ok: false, why: { fact: 'connectors.addresses.noPost' } });
});
