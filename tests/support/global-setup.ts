import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Db, guards, openDb } from '@/db/client';
import { BOOKKEEPING, EMBEDDED_SESSION } from '@/db/login';
import { creatingStatements, ensureSandboxTables } from '@/server/sandbox/create-tables';
import { sandboxTables } from '@/server/sandbox/generated/tables';
import type { Template } from './db';
import { dropDatabase } from './drop-database';
import { neonRelay } from './neon-relay';

const TEMPLATE = 'tributary_template';
const MIGRATIONS = 'db/migrations';
const CACHE = path.join('node_modules', '.cache', 'tributary-test');

interface Made {
  template: Template;
  close?: () => void;
}

/** Two projects of a run need a database; they share the one that the first of them creates. */
const shared = globalThis as typeof globalThis & { __tributaryTestDatabase?: Promise<Made> };

/** Migrates one database, of which each test file gets a copy. */
export default async function setup(project: TestProject) {
  shared.__tributaryTestDatabase ??= make(process.env.TEST_DRIVER ?? 'pglite');
  const { template, close } = await shared.__tributaryTestDatabase;
  project.provide('template', template);
  return () => close?.();
}

async function make(driver: string): Promise<Made> {
  if (driver === 'pglite') return embedded();
  const url = process.env.TEST_DATABASE_URL;
  if (!url)
    throw new Error(
      'TEST_DRIVER=pg and neon need TEST_DATABASE_URL, the URL of a PostgreSQL server on which databases may be created',
    );
  if (driver !== 'pg' && driver !== 'neon') throw new Error(`Unknown TEST_DRIVER=${driver}`);

  await dropDatabase(url, TEMPLATE);
  const { Client } = (await import('pg')).default;
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${TEMPLATE}`);
  await admin.end();
  const templateUrl = new URL(url);
  templateUrl.pathname = `/${TEMPLATE}`;
  const relay = driver === 'neon' ? await neonRelay(Number(templateUrl.port)) : undefined;
  const db = await openDb({ url: templateUrl.toString(), driver, neonWsProxy: relay?.proxy });
  await db.migrate();
  await ensureSandboxTables(db.raw);
  await db.close();
  const template = { driver, url, template: TEMPLATE, ...(relay ? { wsProxy: relay.proxy } : {}) } as const;
  return { template, ...(relay ? { close: relay.close } : {}) };
}

/** Creates the dump, which takes ten seconds, only if a migration, a guard, a table of the sandbox or the embedded database has changed. */
async function embedded(): Promise<Made> {
  const sql = await guards();
  const pglite = path.join('node_modules', '@electric-sql', 'pglite', 'package.json');
  const hash = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(sql)
    .update(EMBEDDED_SESSION);
  hash.update(readFileSync(pglite)).update(creatingStatements(sandboxTables).join('\n'));
  for (const name of readdirSync(MIGRATIONS, { recursive: true, encoding: 'utf8' }).sort())
    if (/\.(sql|json)$/.test(name)) hash.update(name).update(readFileSync(path.join(MIGRATIONS, name)));
  const dump = path.resolve(CACHE, `${hash.digest('hex').slice(0, 16)}.tar`);
  if (!existsSync(dump)) {
    mkdirSync(CACHE, { recursive: true });
    for (const name of readdirSync(CACHE))
      if (ageOf(name) > DAY) rmSync(path.join(CACHE, name), { force: true });
    // Two runs may start at the same time; renaming ensures that each sees a complete file or none.
    writeFileSync(`${dump}.${process.pid}`, await makeDump(sql));
    renameSync(`${dump}.${process.pid}`, dump);
  }
  return { template: { driver: 'pglite', dump } };
}

const DAY = 86_400_000;
const ageOf = (name: string) => Date.now() - statSync(path.join(CACHE, name)).mtimeMs;

async function makeDump(sql: string): Promise<Buffer> {
  const { PGlite } = await import('@electric-sql/pglite');
  const { drizzle } = await import('drizzle-orm/pglite');
  const { migrate } = await import('drizzle-orm/pglite/migrator');
  const client = await PGlite.create();
  await client.exec(EMBEDDED_SESSION);
  await migrate(drizzle(client), { migrationsFolder: MIGRATIONS, migrationsSchema: BOOKKEEPING });
  await client.exec(sql);
  await ensureSandboxTables(drizzle(client) as unknown as Db['raw']);
  await client.exec('reset role');
  // No test creates another database, and without the templates for that, the files of a copy are two thirds smaller.
  await client.exec("update pg_database set datistemplate = false where datname like 'template%'");
  for (const name of ['template0', 'template1']) await client.exec(`drop database ${name}`);
  await client.exec('checkpoint');
  const dump = await client.dumpDataDir('none');
  await client.close();
  return Buffer.from(await dump.arrayBuffer());
}
