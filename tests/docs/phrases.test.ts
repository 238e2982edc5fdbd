import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { phrasesIn } from '@/scripts/phrases.mjs';

/** Made by others or a list of these very words. */
const LEFT_OUT = /^(db\/migrations\/|package-lock\.json|scripts\/phrases|tests\/docs\/phrases)/;

test('names and phrases that were replaced do not come back', () => {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(tsx?|mjs|sql|md|json)$/.test(file) && !LEFT_OUT.test(file));
  const found = files.flatMap((file) => {
    let source: string;
    try {
      source = readFileSync(file, 'utf8');
    } catch {
      // Removed in the working copy.
      return [];
    }
    return phrasesIn(source).map(({ line, text, instead }) => `${file}:${line} “${text}”: ${instead}`);
  });
  expect(found).toEqual([]);
});

test('a phrase that comes back is found, with what to write instead', () => {
  expect(phrasesIn('// Finds out what became of it\nconst boostState = 1;')).toEqual([
    { line: 1, text: 'Finds out what became of', instead: 'an attempt with an unknown outcome' },
    { line: 2, text: 'boost', instead: 'follow-up, follow-up rule' },
  ]);
});
