import { readdirSync, readFileSync } from 'node:fs';
import { twMerge } from 'tailwind-merge';
import { expect, test } from 'vitest';
import { cn } from './cn';

test('joins its arguments in order and skips falsy ones', () => {
  expect(cn('p-4', false, undefined, ['gap-2', null], { hidden: true, flex: false })).toBe(
    'p-4 gap-2 hidden',
  );
});

test('no class list in the project contradicts itself', () => {
  const wrong: string[] = [];
  let lists = 0;
  for (const folder of ['app', 'components'])
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || entry.name.includes('.test.')) continue;
      const text = readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8');
      for (const [, , list = ''] of text.matchAll(/(['"`])((?:(?!\1)[^\n])*)\1/g)) {
        const classes = list.trim().split(/\s+/);
        if (classes.length < 2 || !classes.some((name) => /^[a-z:]+-[\w/.[\]]+!?$/.test(name))) continue;
        lists++;
        if (twMerge(list) !== classes.join(' ')) wrong.push(`${entry.name}: ${list}`);
      }
    }
  expect(lists).toBeGreaterThan(500);
  expect(wrong).toEqual([]);
});
