import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { guards, openDb } from '@/db/client';
import { neonRelay } from './neon-relay';

const TEMPLATE = 'tributary_template';

/** Migrates one database, from which each test file takes a copy. */
export default async function setup(project: TestProject) {
  const driver = process.env.TEST_DRIVER ?? 'pglite';
  if (driver === 'pglite') return embedded(project);
  const url = process.env.TEST_DATABASE_URL;
  if (!url)
    throw new Error(
      'TEST_DRIVER=pg and neon need TEST_DATABASE_URL, the address of a PostgreSQL where databases may be created',
    );
  if (driver !== 'pg' && driver !== 'neon') throw new Error(`TEST_DRIVER=${driver} is not known`);

  const { Client } = (await import('pg')).default;
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`drop database if exists ${TEMPLATE} with (force)`);
  await admin.query(`create database ${TEMPLATE}`);
  await admin.end();
  const templateUrl = new URL(url);
  templateUrl.pathname = `/${TEMPLATE}`;
  const relay = driver === 'neon' ? await neonRelay(Number(templateUrl.port)) : undefined;
  const db = await openDb({ url: templateUrl.toString(), driver, neonWsProxy: relay?.proxy });
  await db.migrate();
  await db.close();
  project.provide('template', {
    driver,
    url,
    template: TEMPLATE,
    ...(relay ? { wsProxy: relay.proxy } : {}),
  });
  return () => relay?.close();
}

async function embedded(project: TestProject) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-test-'));
  const { PGlite } = await import('@electric-sql/pglite');
  const { drizzle } = await import('drizzle-orm/pglite');
  const { migrate } = await import('drizzle-orm/pglite/migrator');
  const client = await PGlite.create();
  await migrate(drizzle(client), { migrationsFolder: 'db/migrations' });
  await client.exec(await guards());
  const dump = await client.dumpDataDir('none');
  const file = path.join(folder, 'template.tar');
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()));
  await client.close();
  project.provide('template', { driver: 'pglite', dump: file });
  return () => rmSync(folder, { recursive: true, force: true });
}
