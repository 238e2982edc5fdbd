import { readMigrationFiles } from 'drizzle-orm/migrator';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '@/db/client';
import { expectedTables } from '@/db/expected-tables';
import type { SnapshotHead } from '@/db/snapshot-format';
import { leftOutOf } from './left-out';

const migrations = readMigrationFiles({ migrationsFolder: MIGRATIONS }).map(({ hash, folderMillis }) => ({
  hash,
  at: folderMillis,
}));
/** A backup with all tables of some of the migrations. */
function headOf(applied: SnapshotHead['migrations']): SnapshotHead {
  const tables = [...expectedTables(applied, MIGRATIONS)].map(([table, columns]) => {
    const [schema, name = ''] = table.split('.') as [SnapshotHead['tables'][number]['schema'], string];
    return { schema, name, columns: [...columns].map((column) => ({ name: column, type: 'text' })) };
  });
  const takenAt = '2026-03-02T10:00:00.000Z';
  return { takenAt, database: 'pg', migrations: applied, tables, sequences: [], leftOut: ['tributary.zz'] };
}
const rivers = { schema: 'tributary' as const, name: 'rivers', columns: [{ name: 'name', type: 'text' }] };

test('names what a backup left out, and tables that it has and that a restore leaves out', () => {
  for (const applied of [migrations, migrations.slice(0, 1)]) {
    const head = headOf(applied);
    expect(leftOutOf(head)).toEqual(['tributary.zz']);
    expect(leftOutOf({ ...head, tables: [...head.tables, rivers] })).toEqual([
      'tributary.zz',
      'tributary.rivers',
    ]);
  }
});

test('a backup with another column is refused by name, and one of another version is not compared', () => {
  const head = headOf(migrations);
  const tables = head.tables.map((table) =>
    table.name === 'posts'
      ? { ...table, columns: [...table.columns, { name: 'note', type: 'text' }] }
      : table,
  );
  expect(() => leftOutOf({ ...head, tables })).toThrow(/tributary\.posts has other columns .*\(note\)/);
  const newer = [...migrations, { hash: 'unknown', at: Date.UTC(2035, 0, 1) }];
  expect(leftOutOf({ ...head, migrations: newer, tables })).toEqual(['tributary.zz']);
});
