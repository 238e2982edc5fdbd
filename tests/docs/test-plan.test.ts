import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Sequencer } from '@/scripts/test-order.mjs';
import { databasesOf, needsOf, projectOf, smokeFiles, testFiles } from '@/scripts/test-plan.mjs';

const files = testFiles();

it('a test with a database runs on PostgreSQL unless it is only about the embedded database', () => {
  expect(files.length).toBeGreaterThan(200);
  const withDatabase = files.filter((file) => needsOf(file).database);
  expect(withDatabase.length).toBeGreaterThan(80);
  expect(withDatabase.filter((file) => !databasesOf(file).includes('pg'))).toEqual([
    'db/embedded-client.test.ts',
    'inngest/boot.test.ts',
  ]);
});

it('a test without a database runs once, and the plain ones share a process', () => {
  for (const file of files.filter((name) => !needsOf(name).database && !needsOf(name).ownServers)) {
    expect(databasesOf(file), file).toEqual([]);
    expect(['pure', 'alone'], file).toContain(projectOf(file));
  }
  expect(projectOf('server/foundation/money.test.ts')).toBe('pure');
  expect(projectOf('server/foundation/http/request-guard.test.ts'), 'opens a port').toBe('alone');
  expect(projectOf('db/folder-lock.test.ts'), 'starts processes').toBe('alone');
  expect(projectOf('server/auth.test.ts'), 'replaces modules').toBe('database-alone');
});

it('each domain with database tests also runs one of them on the embedded database', () => {
  for (const { name } of readdirSync('server/domains', { withFileTypes: true }).filter((e) =>
    e.isDirectory(),
  )) {
    const own = files.filter((file) => file.startsWith(`server/domains/${name}/`) && needsOf(file).database);
    const smoke = smokeFiles().filter((file) => own.includes(file));
    expect(smoke, name).toHaveLength(own.length > 0 ? 1 : 0);
    for (const file of smoke) expect(databasesOf(file), file).toContain('pglite');
  }
});

it('each driver runs the tests of its layer, and Neon also runs those of posts and money', () => {
  expect(databasesOf('db/client.test.ts')).toEqual(['pglite', 'pg', 'neon']);
  expect(databasesOf('inngest/embedded/runner.test.ts')).toContain('pglite');
  const onNeon = files.filter((file) => databasesOf(file).includes('neon'));
  expect(onNeon.some((file) => /(^|\/)leases\.test\.ts$/.test(file) && file.startsWith('server/'))).toBe(
    true,
  );
  expect(onNeon.some((file) => file.startsWith('server/domains/ledger/'))).toBe(true);
});

it('files that share a process stand together in the order of a run, after those with their own', async () => {
  const unknown = () => undefined;
  const context = { config: { root: '' }, cache: { getFileTestResults: unknown, getFileStats: unknown } };
  const sequencer = new Sequencer(context as never);
  const file = (moduleId: string) => {
    const name = projectOf(moduleId);
    return {
      moduleId,
      project: { name, config: { isolate: /alone$/.test(name), sequence: { groupOrder: 0 } } },
    };
  };
  const inDom = ['components/forms/use-app-form.test.tsx', 'components/library/library-list.test.tsx'];
  const pure = ['server/foundation/money.test.ts', 'server/foundation/ids.test.ts'];
  const given = [inDom[0], pure[0], 'db/client.test.ts', 'db/folder-lock.test.ts', inDom[1], pure[1]];
  const sorted = await sequencer.sort(given.map((name) => file(name ?? '')) as never);
  expect(sorted.map(({ moduleId }) => moduleId)).toEqual([
    'db/folder-lock.test.ts',
    'db/client.test.ts',
    ...inDom,
    ...pure,
  ]);
});
