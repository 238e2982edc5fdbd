import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = 'docs/decisions';
const SECTIONS = ['Context', 'Decision', 'Consequences', 'Alternatives'];

const withoutBlocks = (text: string) => text.replace(/```[\s\S]*?```/g, '');

/** Returns the problems of a decision's file name, title and sections; empty if there are none. */
function problemsOf(file: string, text: string): string[] {
  const number = /^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1];
  if (number === undefined) return ['its name is not NNNN-words.md'];
  const [first = '', ...rest] = withoutBlocks(text).trimEnd().split('\n');
  const problems: string[] = [];
  if (!new RegExp(`^# ${number} \\S`).test(first)) problems.push(`its first line is not “# ${number} title”`);
  const headings = rest.flatMap((line) => /^#{1,2}\s+(.*)$/.exec(line)?.[1] ?? []);
  if (headings.join() !== SECTIONS.join()) problems.push(`its sections are ${headings.join(', ') || 'none'}`);
  const [above = '', ...sections] = rest.join('\n').split(/^## .*$/m);
  if (above.trim() !== '') problems.push('there is text above its first section');
  if (sections.some((section) => section.trim() === '')) problems.push('a section is empty');
  return problems;
}

/** Returns which numbers are used twice or missing among file names that begin with a number. */
function numberProblems(files: readonly string[]): string[] {
  return files
    .map((file) => file.slice(0, 4))
    .sort()
    .flatMap((number, i) => {
      const expected = String(i + 1).padStart(4, '0');
      return number === expected ? [] : [`${expected} expected, ${number} found`];
    });
}

const decisions = readdirSync(FOLDER);

describe.each(decisions)('%s', (file) => {
  it('has its number, a title and the four sections in order', () =>
    expect(problemsOf(file, readFileSync(`${FOLDER}/${file}`, 'utf8'))).toEqual([]));
});

it('decision numbers are unique and have no gaps', () => {
  expect(decisions.length).toBeGreaterThan(0);
  expect(numberProblems(decisions)).toEqual([]);
});

it('detects the problems of a decision', () => {
  const sections = SECTIONS.map((name) => `## ${name}\n\nText.\n`).join('\n');
  expect(problemsOf('0007-emails.md', `# 0007 Emails are queued\n\n${sections}`)).toEqual([]);
  expect(problemsOf('emails.md', sections)).toEqual(['its name is not NNNN-words.md']);
  expect(problemsOf('0007-emails.md', `# 0008 Emails are queued\n\n${sections}`)).toEqual([
    'its first line is not “# 0007 title”',
  ]);
  expect(problemsOf('0007-emails.md', `# 0007 Emails\n\nWhy.\n\n${sections}`)).toEqual([
    'there is text above its first section',
  ]);
  expect(problemsOf('0007-emails.md', `# 0007 Emails\n\n${sections.replace('Text.', '')}`)).toEqual([
    'a section is empty',
  ]);
  expect(
    problemsOf('0007-emails.md', '# 0007 Emails\n\n## Decision\n\nText.\n\n## Context\n\nText.\n'),
  ).toEqual(['its sections are Decision, Context']);
  expect(problemsOf('0007-emails.md', `# 0007 Emails\n\n${sections}\n## Cost\n\nText.\n`)).toEqual([
    'its sections are Context, Decision, Consequences, Alternatives, Cost',
  ]);
});

it('detects a number that is used twice or missing', () => {
  expect(numberProblems(['0002-b.md', '0001-a.md'])).toEqual([]);
  expect(numberProblems(['0001-a.md', '0001-b.md'])).toEqual(['0002 expected, 0001 found']);
  expect(numberProblems(['0001-a.md', '0003-c.md'])).toEqual(['0002 expected, 0003 found']);
});
