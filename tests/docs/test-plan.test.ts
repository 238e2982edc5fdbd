import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { databasesOf, needsOf, projectOf, smokeFiles, testFiles } from '@/scripts/test-plan.mjs';

const files = testFiles();

it('a test on a database runs on PostgreSQL, unless it is about the embedded one alone', () => {
  expect(files.length).toBeGreaterThan(200);
  const withDatabase = files.filter((file) => needsOf(file).database);
  expect(withDatabase.length).toBeGreaterThan(80);
  expect(withDatabase.filter((file) => !databasesOf(file).includes('pg'))).toEqual([
    'db/embedded-client.test.ts',
    'inngest/boot.test.ts',
  ]);
});

it('a test that needs no database runs once, the plain ones in one process', () => {
  for (const file of files.filter((name) => !needsOf(name).database && !needsOf(name).ownServers)) {
    expect(databasesOf(file), file).toEqual([]);
    expect(['pure', 'alone'], file).toContain(projectOf(file));
  }
  expect(projectOf('server/foundation/money.test.ts')).toBe('pure');
  expect(projectOf('server/foundation/http/request-guard.test.ts'), 'opens a port').toBe('alone');
  expect(projectOf('db/folder-lock.test.ts'), 'starts processes').toBe('alone');
  expect(projectOf('server/auth.test.ts'), 'replaces modules').toBe('database-alone');
});

it('each domain with tests on a database has one of them on the embedded database, too', () => {
  for (const { name } of readdirSync('server/domains', { withFileTypes: true }).filter((e) =>
    e.isDirectory(),
  )) {
    const own = files.filter((file) => file.startsWith(`server/domains/${name}/`) && needsOf(file).database);
    const smoke = smokeFiles().filter((file) => own.includes(file));
    expect(smoke, name).toHaveLength(own.length > 0 ? 1 : 0);
    for (const file of smoke) expect(databasesOf(file), file).toContain('pglite');
  }
});

it("the layer of a driver runs on it, and posts and money on Neon's as well", () => {
  expect(databasesOf('db/client.test.ts')).toEqual(['pglite', 'pg', 'neon']);
  expect(databasesOf('inngest/embedded/runner.test.ts')).toContain('pglite');
  const onNeon = files.filter((file) => databasesOf(file).includes('neon'));
  expect(onNeon.some((file) => /(^|\/)leases\.test\.ts$/.test(file) && file.startsWith('server/'))).toBe(
    true,
  );
  expect(onNeon.some((file) => file.startsWith('server/domains/ledger/'))).toBe(true);
});
