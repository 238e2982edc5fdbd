import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isTestCode } from '@/scripts/imports.mjs';

const sql = readFileSync('db/functions.sql', 'utf8');

/**
 * Digest of each function's contract, by function name. If a digest changes, a process of the previous version could call the new function
 * with arguments that it does not accept: give the function its next name and list it under that name (docs/database.md, Functions).
 */
const CONTRACTS: Record<string, string> = {
  start_publishing_v6: '93dcca1c4946b381',
  settle_publishing_v2: 'd91346fcecb3c5c4',
  advance_publishing_v5: '3c7963268dd04e97',
  claim_due: 'd67acbb6dc133bf8',
  late_workspaces: '987f7b6d2b714607',
};

/**
 * Returns each function's contract by name: its arguments, its result, the fields that it reads from JSON arguments, and the functions to
 * which it passes them.
 */
function contractsIn(text: string): Map<string, string> {
  const plain = text.replace(/--.*$/gm, '');
  const functions = [
    ...plain.matchAll(
      /create or replace function tributary\.(\w+)\(([^)]*)\)\s*returns ([\s\S]*?)\s*language [\s\S]*?as \$\$([\s\S]*?)\$\$/g,
    ),
  ];
  return new Map(
    functions.map(([, name = '', given = '', answer = '', body = '']) => {
      const read = [...body.matchAll(/jsonb_to_recordset\((p_\w+)\) as \w+\(([^)]*)\)/g)].map(
        ([, from, fields]) => `${from}: ${fields}`,
      );
      const handsOn = [...body.matchAll(/from (?!jsonb_)(\w+)\(p_/g)].map(([, called]) => `to ${called}`);
      const parts = [given, answer, ...new Set(read), ...handsOn].map((part) =>
        part.replace(/\s+/g, ' ').trim(),
      );
      return [name, parts.join('\n')];
    }),
  );
}
const digest = (contract: string) => createHash('sha256').update(contract).digest('hex').slice(0, 16);
const digestsIn = (text: string) =>
  Object.fromEntries([...contractsIn(text)].map(([name, contract]) => [name, digest(contract)]));

test('a function whose contract changes gets a new name', () => {
  expect(digestsIn(sql)).toEqual(CONTRACTS);
});

test.each([
  ['an argument', 'p_limit int, p_token text', 'p_limit bigint, p_token text', 'claim_due'],
  ['a result column', '  lane text, until', '  line text, until', 'start_publishing_v6'],
  ['a field of a JSON argument', 'w(lane text,', 'w(line text,', 'start_publishing_v6'],
  [
    'the function that the arguments are passed to',
    'from settle_publishing_v2(',
    'from settle_publishing_v3(',
    'advance_publishing_v5',
  ],
])('a change to %s without a new function name is detected', (_, was, is, name) => {
  expect(sql).toContain(was);
  const changed = digestsIn(sql.replace(was, is));
  expect(Object.keys(changed).filter((one) => changed[one] !== CONTRACTS[one])).toEqual([name]);
});

test('a changed body does not change the contract', () => {
  expect(digestsIn(sql.replace('order by p.due_at, p.id limit 1', 'order by p.due_at limit 1'))).toEqual(
    CONTRACTS,
  );
});

test('code calls only functions that exist, and all of them are granted', () => {
  const called = ['server', 'inngest'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !isTestCode(file))
      .flatMap((file) => [
        ...readFileSync(path.join(folder, file), 'utf8').matchAll(/from tributary\.(\w+)\(/g),
      ])
      .map(([, name]) => name),
  );
  const names = Object.keys(CONTRACTS);
  expect(called.length).toBeGreaterThanOrEqual(5);
  expect(called.filter((name) => !names.includes(name ?? ''))).toEqual([]);
  const granted = [...sql.slice(sql.lastIndexOf('do $$')).matchAll(/'tributary\.(\w+)\(/g)].map(
    ([, name]) => name,
  );
  expect(granted.sort()).toEqual([...names].sort());
});
