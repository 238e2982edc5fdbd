import { expect, test } from 'vitest';
import { escapeHtml } from './escape-html';

test('an escaped text cannot break out of its place in HTML', () => {
  expect(escapeHtml(`<a href="x" title='y'>& ü</a>`)).toBe(
    '&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38; ü&#60;/a&#62;',
  );
});
