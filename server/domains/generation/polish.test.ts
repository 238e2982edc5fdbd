import { expect, test } from 'vitest';
import { countText, textRules } from '@/server/connectors/text-rules';
import { clampText, unwrap } from './polish';

const LINK = 'https://example.com/a-path/that-has_many.parts?and=more';

test.each(['x', 'facebook'])('a text for %s is never cut inside a link', (platform) => {
  for (let before = 240; before < 285; before++) {
    const text = `${'word '.repeat(60).slice(0, before)} ${LINK} and more words that follow it to the end`;
    const { text: cut } = clampText(platform, text, 280);
    expect(countText(platform, cut)).toBeLessThanOrEqual(280);
    const links = textRules(platform).findLinks(cut);
    expect(links.map(({ url }) => url)).toEqual(cut.includes('http') ? [LINK] : []);
  }
});

test.each([
  'X post: Hello',
  'Twitter post: Hello',
  'LinkedIn post: Hello',
  'Post: Hello',
  "Here's your post: Hello",
])('removes the label that a model puts before a post: %s', (text) => expect(unwrap(text)).toBe('Hello'));

test('keeps a label that belongs to the post', () => {
  expect(unwrap('New post: Hello')).toBe('New post: Hello');
});
