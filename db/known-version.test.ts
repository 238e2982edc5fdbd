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

/** Adds a migration with this timestamp to the folder, as a newer version would. */
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

test('a database migrated by a newer version is refused, with both versions and instructions', async () => {
  newer(Date.UTC(2030, 4, 1, 12));
  await db.migrate(folder);
  const refused = await db.migrate().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UnknownDatabase);
  for (const words of [/a newer version/, /2030-05-01 12:00/, /newest is 0\d{3}_/, /backup/])
    expect(String(refused)).toMatch(words);
  // The newer version still accepts it.
  await db.migrate(folder);
});

test('a database of another line of versions is refused, even if its migration is older than our newest', async () => {
  newer(Date.UTC(2024, 0, 1));
  const entries = JSON.parse(readFileSync(path.join(folder, 'meta', '_journal.json'), 'utf8')).entries as {
    when: number;
  }[];
  await insertMigration(entries.at(-1)?.when ?? 0);
  await expect(db.migrate()).rejects.toThrow(/another version/);
});

const insertMigration = async (when: number) =>
  db.raw.execute(sql`insert into ${await migrations()} (hash, created_at) values ('other', ${when})`);

/** The migrator's table, in whichever schema it is. */
async function migrations() {
  const { rows } = (await db.raw.execute(
    sql`select schemaname as name from pg_tables where tablename = '__drizzle_migrations'`,
  )) as unknown as { rows: { name: string }[] };
  return sql`${sql.identifier(String(rows[0]?.name))}.__drizzle_migrations`;
}

test("a schema of our name that holds another system's tables is refused and left unchanged", async () => {
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

test('a database whose migration has our date and another content is refused', async () => {
  await db.raw.execute(sql`update ${await migrations()} set hash = 'other'`);
  await expect(db.migrate()).rejects.toThrow(/another version/);
});

test.each(['tributary_runner', 'tributary_sandbox'])(
  'a schema %s without our migrations is refused and left unchanged',
  async (schema) => {
    await db.raw.execute(sql`delete from ${await migrations()}`);
    await db.raw.execute(sql`drop schema tributary cascade`);
    for (const other of ['tributary_runner', 'tributary_sandbox'])
      if (other !== schema) await db.raw.execute(sql`drop schema ${sql.identifier(other)} cascade`);
    await expect(db.migrate()).rejects.toThrow(new RegExp(`"${schema}"[\\s\\S]*not Tributary's`));
    expect((await db.raw.execute(sql`select * from ${await migrations()}`)) as unknown).toMatchObject({
      rows: [],
    });
  },
);
