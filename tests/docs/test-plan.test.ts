import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { databasesOf, SMOKE, testFiles } from '@/scripts/test-plan.mjs';

const files = testFiles();

it('every test file runs, and those of a domain on a real PostgreSQL', () => {
  expect(files.length).toBeGreaterThan(150);
  for (const file of files) expect(databasesOf(file), file).not.toEqual([]);
  for (const file of files.filter((name) => name.startsWith('server/domains/')))
    expect(databasesOf(file), file).toContain('pg');
});

it('each domain that has tests has one on the embedded database', () => {
  for (const file of SMOKE) expect(files).toContain(file);
  for (const { name } of readdirSync('server/domains', { withFileTypes: true }).filter((e) =>
    e.isDirectory(),
  )) {
    const own = files.filter((file) => file.startsWith(`server/domains/${name}/`));
    if (own.length > 0)
      expect(
        own.some((file) => databasesOf(file).includes('pglite')),
        name,
      ).toBe(true);
  }
});
