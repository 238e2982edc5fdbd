import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterEach, expect, inject, test } from 'vitest';
import { fillFolder, testDriver } from '@/tests/support/db';
import { dropDatabase } from '@/tests/support/drop-database';
import { createWorld } from '@/tests/support/world';
import { type Db, openDb } from './client';
import { workspaces } from './schema';
import { UnusableServer } from './usable-server';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Settings that an administrator may have chosen for other reasons. */
const ODD = {
  datestyle: "'German'",
  intervalstyle: "'iso_8601'",
  timezone: "'Asia/Kathmandu'",
  client_encoding: "'LATIN1'",
  bytea_output: "'escape'",
  extra_float_digits: '-5',
  row_security: 'off',
  search_path: "'nowhere'",
  transform_null_equals: 'on',
  quote_all_identifiers: 'on',
  array_nulls: 'off',
  default_transaction_isolation: "'serializable'",
  default_transaction_read_only: 'on',
  default_transaction_deferrable: 'on',
  gin_fuzzy_search_limit: '1',
  statement_timeout: "'30s'",
  lock_timeout: "'20s'",
};
const SHOWN = Object.keys(ODD).filter((name) => !name.startsWith('default_') && !/timeout/.test(name));
const show = sql.raw(
  `select ${SHOWN.map((name) => `current_setting('${name}') as ${name}`).join(', ')}, current_setting('transaction_isolation') as isolation,
    current_setting('transaction_read_only') as read_only`,
);
const rows = async (answer: unknown) => (await (answer as Promise<{ rows: Record<string, unknown>[] }>)).rows;

/** Times whose dates are a different day, or invalid, if day and month are swapped. */
const MOMENTS = ['2026-03-02T10:00:00.123Z', '2026-11-29T23:30:00.000Z', '2026-12-12T00:00:00.000Z'];

async function isRight(db: Db): Promise<void> {
  const world = await createWorld(db, { name: 'Grüße 🎉' });
  for (const moment of MOMENTS) {
    const at = new Date(moment);
    await db.asSystem((tx) => tx.update(workspaces).set({ createdAt: at }));
    const [row] = await db.asWorkspace(world.workspaceId, (tx) => tx.select().from(workspaces));
    expect(row).toMatchObject({ name: 'Grüße 🎉', createdAt: at });
  }
  const text = "'2026-03-02T10:00:00Z'::timestamptz::text";
  const probe = sql.raw(
    `select ${text} as at, '1 day 2 hours'::interval::text as span, '\\xff'::bytea::text as bytes, 0.1::float8::text as tenth, 'ü' as letter`,
  );
  const right = {
    at: '2026-03-02 10:00:00+00',
    span: '1 day 02:00:00',
    bytes: '\\xff',
    tenth: '0.1',
    letter: 'ü',
  };
  const ask = async (tx: Pick<Db['raw'], 'execute'>) => [
    await rows(tx.execute(probe)),
    await rows(tx.execute(show)),
  ];
  const seen = [await ask(db.raw), await db.raw.transaction(ask), await db.asSystem(ask)];
  for (const [probed, shown] of seen) {
    expect(probed).toEqual([right]);
    expect(shown?.[0]).toMatchObject({
      isolation: 'read committed',
      read_only: 'off',
      row_security: 'on',
      timezone: 'UTC',
    });
  }
}

/** Creates a database on the run's server and opens it as the app does. */
async function onServer(create: string, settings: Readonly<Record<string, string>> = {}) {
  const template = inject('template');
  if (template.driver === 'pglite') throw new Error('needs a server');
  const name = `s_${randomBytes(8).toString('hex')}`;
  const admin = new pg.Client({ connectionString: template.url });
  await admin.connect();
  cleanUp.push(async () => {
    await admin.end();
    await dropDatabase(template.url, name);
  });
  await admin.query(`create database ${name} ${create}`);
  for (const [setting, value] of Object.entries(settings))
    await admin.query(`alter database ${name} set ${setting} = ${value}`);
  const url = new URL(template.url);
  url.pathname = `/${name}`;
  const db = await openDb({
    url: url.toString(),
    driver: template.driver,
    pool: 3,
    neonWsProxy: template.wsProxy,
  });
  cleanUp.push(() => db.close());
  return db;
}

test.runIf(testDriver() !== 'pglite')(
  'other server defaults change nothing: the app starts and reads back its data',
  async () => {
    const db = await onServer('template template0', ODD);
    await db.migrate();
    await isRight(db);
    // The next start finds the database migrated.
    await db.migrate();
  },
);

test.runIf(testDriver() !== 'pglite')(
  'a single setting changes nothing either, and is not overwritten',
  async () => {
    const template = inject('template');
    if (template.driver === 'pglite') return;
    for (const style of ["'SQL, DMY'", "'Postgres, DMY'", "'ISO, DMY'"]) {
      const db = await onServer(`template ${template.template}`, { datestyle: style });
      await isRight(db);
      expect(
        await rows(
          db.raw.execute(
            sql`select setconfig from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()`,
          ),
        ),
      ).toEqual([{ setconfig: [`DateStyle=${style.replaceAll("'", '')}`] }]);
    }
  },
);

test.runIf(testDriver() !== 'pglite').each(['LATIN1', 'SQL_ASCII', 'WIN1252'])(
  'a database with encoding %s is refused with instructions and left unchanged',
  async (encoding) => {
    const db = await onServer(`encoding '${encoding}' locale 'C' template template0`);
    const refused = await db.migrate().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnusableServer);
    for (const words of [encoding, 'UTF8', 'create database', 'Nothing was changed'])
      expect(String(refused)).toContain(words);
    expect(
      await rows(db.raw.execute(sql`select 1 from pg_namespace where nspname like 'tributary%'`)),
    ).toEqual([]);
  },
);

test.runIf(testDriver() === 'pglite')('other defaults in the embedded database change nothing', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-session-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  const dataDir = path.join(folder, 'pglite');
  await fillFolder(dataDir);
  const { PGlite } = await import('@electric-sql/pglite');
  const plain = await PGlite.create({ dataDir });
  for (const [setting, value] of Object.entries(ODD))
    await plain.exec(
      `set default_transaction_read_only = off; alter database postgres set ${setting} = ${value}`,
    );
  await plain.close();
  const db = await openDb({ dataDir });
  cleanUp.push(() => db.close());
  await db.migrate();
  await isRight(db);
});
