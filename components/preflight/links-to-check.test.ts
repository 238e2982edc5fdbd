import { expect, test } from 'vitest';
import { textRules } from '@/server/connectors/text-rules';
import { linksToCheck } from './links-to-check';

test('finds every link of a long thread on several platforms, each once', () => {
  const parts = Array.from({ length: 24 }, (_, i) => ({ text: `Part ${i + 2}. It says a lot. No link.` }));
  const thread = (platform: string) => ({
    platform,
    text: `It begins. On ${platform}.`,
    link: null,
    parts: [...parts, { text: 'The last one, at https://example.com/end.' }],
  });
  expect(linksToCheck(['x', 'facebook', 'linkedin'].map(thread), textRules)).toEqual([
    'https://example.com/end',
  ]);
});

test('finds links in texts, in link fields and in parts, with and without a scheme', () => {
  expect(
    linksToCheck(
      [
        {
          platform: 'x',
          text: 'See example.com/a and https://example.com/b',
          link: 'https://example.com/c',
          parts: [
            { text: 'https://example.com/a again', link: 'https://example.com/d' },
            { text: 'Mr. Smith. Etc.' },
          ],
        },
      ],
      textRules,
    ),
  ).toEqual(['example.com/a', 'https://example.com/b', 'https://example.com/c', 'https://example.com/d']);
});

test('finds the links that each platform makes, and none before its rules are known', () => {
  const text = 'https://example.com/aをご覧ください';
  const texts = [{ platform: 'x', text, link: 'https://example.com/c' }];
  expect(linksToCheck(texts, textRules)).toEqual(['https://example.com/a', 'https://example.com/c']);
  expect(linksToCheck(texts, () => null)).toEqual(['https://example.com/c']);
});
