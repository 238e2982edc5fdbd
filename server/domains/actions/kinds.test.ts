import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { english } from '@/i18n/words';
import { isTestCode } from '@/scripts/imports.mjs';
import { ANSWERS } from '../todo/answers';
import { ACTION_KINDS, type ActionKind, actionColumns, kindOf } from './kinds';

const files = ['app', 'db', 'inngest', 'server'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.posix.join(folder, name)),
);
const read = (ends: RegExp) =>
  files
    .filter((file) => ends.test(file) && !isTestCode(file) && !file.startsWith('db/migrations/'))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
const known = Object.keys(ACTION_KINDS);

/** Returns the kinds of actions that an SQL text inserts, located by the position of the column in its list. */
function madeBySql(text: string): string[] {
  return [
    ...text.matchAll(/insert into (?:tributary\.)?actions \(([^)]*)\)\s*(?:values\s*\(|select)([^;]*)/gi),
  ].map(([, columns = '', values = '']) => {
    const place = columns.split(',').findIndex((column) => column.trim() === 'kind');
    return (
      values
        .split(',')
        [place]?.trim()
        .replace(/^'(.*)'$/, '$1') ?? ''
    );
  });
}

describe('the action kinds', () => {
  it('include every kind that SQL inserts', () => {
    const made = read(/\.(sql|tsx?)$/).flatMap(({ text }) => madeBySql(text));
    expect(made.length).toBeGreaterThanOrEqual(2);
    // The publisher passes the kind on from the list.
    for (const name of made) if (name !== "action->>'kind'") expect(known).toContain(name);
    expect(madeBySql("insert into actions (id, kind) values ('act_1', 'other', 1)")).toEqual(['other']);
  });

  it('are the only ones that code inserts: a row takes its kind and its texts from the list', () => {
    const makers = read(/\.tsx?$/).flatMap(({ file, text }) =>
      [...text.matchAll(/insert\(actions\)/g)].map(({ index }) => ({
        file,
        row: text.slice(index, text.indexOf('.onConflict', index)),
      })),
    );
    expect(makers.length).toBeGreaterThanOrEqual(2);
    for (const { file, row } of makers) {
      expect(row, file).toMatch(/\.\.\.(actionColumns\('\w+'|asked\.action)/);
      expect(row, file).not.toMatch(/\b(kind|title|prompt|choices):/);
    }
  });

  it('each have an answer handler, and no other kind has one', () => {
    expect(Object.keys(ANSWERS).sort()).toEqual(known.sort());
    expect(() => kindOf({ kind: 'other' })).toThrow('no kind of action');
  });

  it('have the same texts and choices in SQL as in the list', () => {
    const { title, prompt, choices } = actionColumns('publication_rest', {
      title: 'T',
      account: 'A',
      count: 1,
    });
    const sql = readFileSync('db/parts.sql', 'utf8');
    for (const told of [title, prompt])
      for (const name of 'fact' in told ? [told.fact, ...Object.keys(told.params ?? {})] : [told])
        expect(sql).toContain(`'${name}'`);
    expect(sql).toContain(JSON.stringify(choices));
  });

  it('produce the expected texts', () => {
    const said = <K extends ActionKind>(...of: Parameters<typeof actionColumns<K>>) => {
      const { title, prompt, choices } = actionColumns(...of);
      return [english(title), english(prompt), choices.map(({ label }) => english(label))];
    };
    expect(said('publication_rest', { title: 'one', account: '@mira', count: 2 })).toEqual([
      'Publish the rest of “one”?',
      'It was published on @mira, but the rest (2 more) was removed when posting was stopped.',
      ['Publish the rest', 'Skip the rest'],
    ]);
    const missed = {
      what: '“one” on X',
      due: '2026-03-02 09:00',
      zone: 'UTC',
      posts: '“one” and “two” on X',
    };
    expect(said('publication_missed', { ...missed, count: 1 })).toEqual([
      '“one” on X missed its time',
      'It was scheduled for 2026-03-02 09:00 (UTC), but Tributary could not publish it then. What would you like to do?',
      ['Post now', 'Next free time', 'Skip'],
    ]);
    expect(said('publication_missed', { ...missed, count: 2 }).slice(0, 2)).toEqual([
      '2 posts missed their time',
      'They were scheduled from 2026-03-02 09:00 (UTC) on, but Tributary could not publish them then: “one” and “two” on X. What would you like to do with all of them?',
    ]);
    expect(said('publication_unknown', { what: '“one” on X', account: '@mira', following: 1 })[2]).toEqual([
      'It was published',
      'Not there, publish it',
      'Not there, skip it',
      'Published, skip the rest',
    ]);
  });
});
