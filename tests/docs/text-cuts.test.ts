import { expect, test } from 'vitest';
import { textCutsIn } from '@/scripts/text-cuts.mjs';

const found = (source: string) => textCutsIn(source, 'app/a.tsx').map(({ text }) => text);

test.each([
  'title.slice(0, 70)',
  'post.title.slice(0, MAX)',
  'post?.title.slice(0, most - 1)',
  "(post.title ?? '').slice(0, 70)",
  'input.trim().slice(0, 500)',
  "String(form.get('alt') ?? '').slice(0, limit)",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source code
  '`${a} ${b}`.slice(0, 60)',
  'typed.slice(0, -1)',
  'anything.substring(2)',
  'anything.substr(0, 2)',
  'words.charAt(0)',
  '[...name][0]',
  '[...name].slice(0, MAX)',
  'Array.from(name).at(0)',
  'account.name[0]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source code
  'sql`left(${posts.title}, 200)`',
])('finds a cut of a text: %s', (source) => {
  expect(found(`const cut = ${source};`)).toContain(source);
});

test('finds its line', () => {
  expect(textCutsIn('\nconst cut = title.slice(0, 5);', 'a.ts')).toEqual([
    { line: 2, text: 'title.slice(0, 5)' },
  ]);
});

test.each([
  'rows.slice(0, limit)',
  'text.slice(0, match.index)',
  'text.slice(at, start)',
  'text.slice(PREFIX.length)',
  'at.toISOString().slice(0, 10)',
  "hash.digest('hex').slice(0, 16)",
  "shortHash(id).replace(/[^a-z]/g, '').slice(0, 10)",
  'names[0]',
  'items.at(-1)',
  'truncateText(title, 70)',
  'sql`count(*)`',
])('ignores what cuts no text: %s', (source) => {
  expect(found(`const other = ${source};`)).toEqual([]);
});
