import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/**
 * Elements whose direction follows their first letter, and that show a message of ours: a name in a right-to-left script at its beginning
 * would turn the English sentence around. HTML's `auto` also looks into the isolated part.
 */
const TURNED =
  /dir="auto"[^>]*>\s*(?:<[^>]*>\s*)?\{[\w.?]*\b(?:summary|description|title|prompt|body|problem|message|note)\.text\}/g;

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.tsx') && !entry.name.includes('.test.'))
    .map((entry) => path.join(entry.parentPath, entry.name));

test('messages keep the direction of the page whatever names they contain', () => {
  const found = ['app', 'components'].flatMap((folder) =>
    sources(folder).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(TURNED)].map(([match]) => `${file}: ${match}`),
    ),
  );
  expect(found).toEqual([]);
});

test('a turned message is detected', () => {
  expect('<p dir="auto" className="x">\n  {alert.body.text}\n</p>'.match(TURNED)).toHaveLength(1);
  expect('<p dir="auto">{post.text}</p>'.match(TURNED)).toBeNull();
});
