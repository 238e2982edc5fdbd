import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshDb } from '@/tests/support/db';
import type { Db } from './client';
import { UnknownDatabase } from './known-version';

let db: Db;
let folder: string;
beforeEach(async () => {
  db = await freshDb();
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-migrations-'));
  cpSync('db/migrations', folder, { recursive: true });
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Adds a migration of this time to the folder: that of a newer version. */
function newer(when: number) {
  const file = path.join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: object[] };
  journal.entries.push({
    idx: journal.entries.length,
    version: '7',
    when,
    tag: '9999_newer',
    breakpoints: true,
  });
  writeFileSync(file, JSON.stringify(journal));
  writeFileSync(path.join(folder, '9999_newer.sql'), 'select 1');
}

test('a database that a newer version has migrated is refused, with both versions and what to do', async () => {
  newer(Date.UTC(2030, 4, 1, 12));
  await db.migrate(folder);
  const refused = await db.migrate().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UnknownDatabase);
  for (const words of [/a newer version/, /2030-05-01 12:00/, /newest is 0\d{3}_/, /backup/])
    expect(String(refused)).toMatch(words);
  // The version that made it goes on.
  await db.migrate(folder);
});

test('so is one of another line, whose migration is older than our newest', async () => {
  newer(Date.UTC(2024, 0, 1));
  const entries = JSON.parse(readFileSync(path.join(folder, 'meta', '_journal.json'), 'utf8')).entries as {
    when: number;
  }[];
  await insertMigration(entries.at(-1)?.when ?? 0);
  await expect(db.migrate()).rejects.toThrow(/another version/);
});

const insertMigration = async (when: number) =>
  db.raw.execute(sql`insert into ${await migrations()} (hash, created_at) values ('other', ${when})`);

/** The migrator's table, wherever it is. */
async function migrations() {
  const { rows } = (await db.raw.execute(
    sql`select schemaname as name from pg_tables where tablename = '__drizzle_migrations'`,
  )) as unknown as { rows: { name: string }[] };
  return sql`${sql.identifier(String(rows[0]?.name))}.__drizzle_migrations`;
}

test('a schema of our name with the tables of somebody else is refused, and left as it is', async () => {
  await db.raw.execute(sql`delete from ${await migrations()}`);
  await db.raw.execute(sql`create table tributary.rivers (name text)`);
  await db.raw.execute(sql`insert into tributary.rivers values ('Inn')`);
  await expect(db.migrate()).rejects.toThrow(/"tributary"[\s\S]*not Tributary's/);
  expect((await db.raw.execute(sql`select name from tributary.rivers`)) as unknown).toMatchObject({
    rows: [{ name: 'Inn' }],
  });
  expect((await db.raw.execute(sql`select * from ${await migrations()}`)) as unknown).toMatchObject({
    rows: [],
  });
});
