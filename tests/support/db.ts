import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { inject } from 'vitest';
import { type Db, openDb, type Tx } from '@/db/client';

/** What global-setup.ts prepared: a dump of a migrated embedded database, or a template database on a PostgreSQL. */
export type Template =
  | { driver: 'pglite'; dump: string }
  | { driver: 'pg' | 'neon'; url: string; template: string; wsProxy?: string };

/**
 * A fresh, migrated database of the test run's driver (`TEST_DRIVER`: pglite, pg or neon). Closing it removes it.
 * About half a second embedded, a tenth of one on a PostgreSQL.
 */
export async function freshDb(): Promise<Db> {
  const template = inject('template');
  if (template.driver === 'pglite') return openDb({ loadDataDir: new Dump(template.dump) });
  const name = `t_${randomBytes(8).toString('hex')}`;
  // Copying files takes half as long as writing each block to the log, too, which a crash would need.
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
      // The server's own work on the database, such as autovacuum, may not be ended by us: it ends by itself.
      for (let tries = 1; ; tries++)
        try {
          await onServer(template.url, `drop database if exists ${name} with (force)`);
          return;
        } catch (error) {
          if ((error as { code?: string }).code !== '42501' || tries === 50) throw error;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
    },
  };
}

/**
 * Makes the folder of an embedded database as a first start leaves it: migrated, and closed. Does nothing in a run on another driver,
 * whose tests make it themselves.
 */
export async function fillFolder(dataDir: string): Promise<void> {
  const template = inject('template');
  if (template.driver !== 'pglite') return;
  mkdirSync(path.dirname(dataDir), { recursive: true });
  const { PGlite } = await import('@electric-sql/pglite');
  await (await PGlite.create({ dataDir, loadDataDir: new Dump(template.dump) })).close();
}

/** A file as a Blob that is read at one go: Node's own comes in 64 kB pieces, which takes longer than the rest of opening. */
class Dump extends Blob {
  constructor(readonly file: string) {
    super([]);
  }
  override async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(readFileSync(this.file)).buffer;
  }
}

/** Which driver this run tests. */
export const testDriver = (): Template['driver'] => inject('template').driver;

/** Until another session waits for a lock of this transaction. The embedded database has one session: the other waits before it begins. */
export async function untilSomebodyWaits(tx: Tx): Promise<void> {
  if (testDriver() === 'pglite') return;
  for (let i = 0; i < 500; i++) {
    const { rows } = (await tx.execute(
      sql`select count(*)::int as n from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`,
    )) as unknown as { rows: { n: number }[] };
    if ((rows[0]?.n ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nobody waits');
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
