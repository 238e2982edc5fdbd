import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { phrasesIn } from '@/scripts/phrases.mjs';

/** Files excluded because they are generated, have the names of vendors, or list these very phrases. */
const LEFT_OUT =
  /^(db\/migrations\/|package-lock\.json|scripts\/phrases|tests\/docs\/phrases|server\/sandbox\/[\w-]+\/(answers|skeletons)\.json)/;

test('replaced names and phrases are not reintroduced', () => {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(tsx?|mjs|sql|md|json)$/.test(file) && !LEFT_OUT.test(file));
  const found = files.flatMap((file) => {
    let source: string;
    try {
      source = readFileSync(file, 'utf8');
    } catch {
      // Deleted in the working copy.
      return [];
    }
    return phrasesIn(source).map(({ line, text, instead }) => `${file}:${line} “${text}”: ${instead}`);
  });
  expect(found).toEqual([]);
});

test('a reintroduced phrase is reported with its replacement', () => {
  expect(phrasesIn('// Finds out what became of it\nconst boostState = 1;')).toEqual([
    { line: 1, text: 'became of', instead: 'the outcome of, what happened to' },
    { line: 2, text: 'boost', instead: 'follow-up, follow-up rule' },
  ]);
});
