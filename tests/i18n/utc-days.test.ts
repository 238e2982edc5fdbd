import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isTestCode } from '@/scripts/imports.mjs';

/** Ways to write the day or the time of an instant in UTC. */
const UTC_DAY = [
  /toISOString\(\)\s*\.(slice|substring|substr|split|replace|match)\(/,
  /\.toUTCString\(\)/,
  /\.toJSON\(\)\s*\.(slice|substring|substr|split)\(/,
  /\.toLocale(Date|Time)String\(/,
  /\.to(Date|Time)String\(\)/,
  /\.getUTC(Date|Day|Month|FullYear|Hours)\(/,
];
/** Places where no user sees the day of an instant. */
const NOT_SHOWN: Readonly<Record<string, string>> = {
  'components/series/repeat-draft.ts': 'computes with a calendar day, which has no zone',
  'components/series/repeat-fields.tsx': 'computes with a calendar day, which has no zone',
  'server/domains/planning/series-rule.ts': 'a day from which to search, a day early in every zone',
  'server/connectors/x/index.ts': 'a parameter of X’s search, which expects UTC',
  'db/known-version.ts': 'for the operator, before any workspace is read',
};

const files = ['app', 'components', 'db', 'emails', 'i18n', 'inngest', 'server'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|mjs)$/.test(name))
    .map((name) => path.posix.join(folder, name)),
);
const offences = (source: string) => UTC_DAY.some((pattern) => pattern.test(source));

test('the search finds what it looks for', () => {
  expect(offences('const day = new Date().toISOString().slice(0, 10);')).toBe(true);
  expect(offences("at.toISOString().split('T')[0]")).toBe(true);
  expect(offences('localTimeOf(at, zone).slice(0, 10)')).toBe(false);
});

test('what users see shows days in the workspace’s zone, never in UTC or in the server’s', () => {
  const found = files
    .filter((file) => !isTestCode(file) && !file.startsWith('server/sandbox/'))
    .filter((file) => offences(readFileSync(file, 'utf8')))
    .sort();
  expect(found).toEqual(Object.keys(NOT_SHOWN).sort());
});
