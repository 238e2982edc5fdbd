import { readdirSync, readFileSync } from 'node:fs';
import { twMerge } from 'tailwind-merge';
import { expect, test } from 'vitest';
import { cn } from './cn';

/** Every word in quotes that tailwind-merge's own table takes for a class, without its variants. */
function classesInUse(): string[] {
  const found = new Set<string>();
  for (const folder of ['app', 'components'])
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || entry.name.includes('.test.')) continue;
      const text = readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8');
      for (const [, , words] of text.matchAll(/(['"`])([^"`\n]*?)\1/g))
        for (const word of words?.split(/\s+/) ?? []) {
          const name = word.replace(/^(?:[^\s[\]()]+:|\[[^\]]*\]:)+/, '');
          if (/^-?[a-z][\w./%-]*(?:[[(][^\s'"]*[\])])?$/.test(name) && twMerge(`${name} ${name}`) === name)
            found.add(name);
        }
    }
  return [...found];
}

test('merges every two classes of the project as the whole table of tailwind-merge does', () => {
  const classes = classesInUse();
  expect(classes.length).toBeGreaterThan(300);
  // One of each group is enough to compare with.
  const kinds: string[] = [];
  for (const name of classes)
    if (!kinds.some((kind) => twMerge(`${name} ${kind}`) === kind && twMerge(`${kind} ${name}`) === name))
      kinds.push(name);
  const wrong: string[] = [];
  for (const name of classes)
    for (const kind of kinds)
      for (const both of [`${name} ${kind}`, `${kind} ${name}`])
        if (cn(both) !== twMerge(both)) wrong.push(`${both}: ${cn(both)} for ${twMerge(both)}`);
  expect(wrong.slice(0, 40)).toEqual([]);
});

test('keeps variants apart and lets the last of two win within one', () => {
  expect(cn('p-4 hover:p-2', 'p-1')).toBe('hover:p-2 p-1');
  expect(cn('hover:bg-muted', false, 'hover:bg-card')).toBe('hover:bg-card');
  expect(cn('text-sm text-foreground', 'text-muted-foreground')).toBe('text-sm text-muted-foreground');
});
