import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

/** Migrates one embedded database and dumps it, so that each test file starts from a copy. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-test-'));
  const { PGlite } = await import('@electric-sql/pglite');
  const { drizzle } = await import('drizzle-orm/pglite');
  const { migrate } = await import('drizzle-orm/pglite/migrator');
  const { readFileSync } = await import('node:fs');
  const client = await PGlite.create();
  await migrate(drizzle(client), { migrationsFolder: 'db/migrations' });
  await client.exec(readFileSync('db/guards.sql', 'utf8'));
  const dump = await client.dumpDataDir('none');
  const file = path.join(folder, 'template.tar');
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()));
  await client.close();
  project.provide('templateDump', file);
  return () => rmSync(folder, { recursive: true, force: true });
}
