import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { inject } from 'vitest';
import { type Db, openDb, type Tx } from '@/db/client';
import { dropDatabase } from './drop-database';

/** Prepared by global-setup.ts: a dump of a migrated embedded database with the tables of the sandbox, or a template database on a PostgreSQL. */
export type Template =
  | { driver: 'pglite'; dump: string }
  | { driver: 'pg' | 'neon'; url: string; template: string; wsProxy?: string };

/**
 * Creates a migrated database with the driver of the test run (`TEST_DRIVER`: pglite, pg or neon). Closing it removes it. Takes about half
 * a second with the embedded database, a tenth of a second on a PostgreSQL.
 */
export async function freshDb(): Promise<Db> {
  const template = inject('template');
  if (template.driver === 'pglite') return openDb({ loadDataDir: new Dump(template.dump) });
  const name = `t_${randomBytes(8).toString('hex')}`;
  // Copying files takes half as long as also writing each block to the write-ahead log, which only crash recovery would need.
  await onServer(template.url, `create database ${name} template ${template.template} strategy file_copy`);
  const url = new URL(template.url);
  url.pathname = `/${name}`;
  const db = await openDb({
    url: url.toString(),
    driver: template.driver,
    pool: 10,
    neonWsProxy: template.wsProxy,
  });
  return {
    ...db,
    close: async () => {
      await db.close();
      await dropDatabase(template.url, name);
    },
  };
}

/**
 * Creates the folder of an embedded database in the state after a first start: migrated and closed. Does nothing with another driver,
 * because its tests create the folder themselves.
 */
export async function fillFolder(dataDir: string): Promise<void> {
  const template = inject('template');
  if (template.driver !== 'pglite') return;
  mkdirSync(path.dirname(dataDir), { recursive: true });
  const { PGlite } = await import('@electric-sql/pglite');
  await (await PGlite.create({ dataDir, loadDataDir: new Dump(template.dump) })).close();
}

/**
 * Creates an empty database with the driver of the run, for what has to fill one itself. `settings` make an installation use it; without
 * any, it uses the embedded database in its data folder.
 */
export async function emptyDatabase(): Promise<{
  settings: Record<string, string>;
  drop: () => Promise<void>;
}> {
  const template = inject('template');
  if (template.driver === 'pglite') return { settings: {}, drop: async () => {} };
  const name = `t_${randomBytes(8).toString('hex')}`;
  await onServer(template.url, `create database ${name}`);
  const url = new URL(template.url);
  url.pathname = `/${name}`;
  return {
    settings: {
      DATABASE_URL: url.toString(),
      DATABASE_DRIVER: template.driver,
      ...(template.wsProxy ? { NEON_WS_PROXY: template.wsProxy } : {}),
    },
    drop: () => dropDatabase(template.url, name),
  };
}

/** A file as a Blob that is read in one go. Node's own reads in 64 kB chunks, which takes longer than the rest of opening the database. */
class Dump extends Blob {
  constructor(readonly file: string) {
    super([]);
  }
  override async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(readFileSync(this.file)).buffer;
  }
}

/** Returns the driver of this run. */
export const testDriver = (): Template['driver'] => inject('template').driver;

/**
 * Waits until another session waits for a lock of this transaction. The embedded database has only one session, so there the other one
 * waits before it begins.
 */
export async function untilSomebodyWaits(tx: Tx): Promise<void> {
  if (testDriver() === 'pglite') return;
  for (let i = 0; i < 500; i++) {
    const { rows } = (await tx.execute(
      sql`select count(*)::int as n from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`,
    )) as unknown as { rows: { n: number }[] };
    if ((rows[0]?.n ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('No transaction waits for a lock');
}

async function onServer(url: string, statement: string): Promise<void> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

declare module 'vitest' {
  export interface ProvidedContext {
    template: Template;
  }
}
