import { MIGRATIONS } from '@/db/client';
import { expectedTables } from '@/db/expected-tables';
import { UnknownDatabase } from '@/db/known-version';
import { SANDBOX_SCHEMA, type SnapshotHead, tableName } from '@/db/snapshot-format';
import { BackupError } from './format';

/**
 * Returns the names of what a restored installation will not have: what the backup left out, and tables that no migration defines, which
 * earlier versions included. Throws BackupError if the columns of a table are not those of its migrations, because such a backup cannot be
 * restored. A backup of another version is not compared.
 */
export function leftOutOf({ migrations, tables, leftOut }: SnapshotHead): string[] {
  const expected = definedBy(migrations);
  if (!expected) return leftOut;
  const names = [...leftOut];
  for (const table of tables) {
    const name = tableName(table);
    const wanted = expected.get(name);
    if (!wanted) {
      // The sandbox creates its own tables.
      if (table.schema !== SANDBOX_SCHEMA) names.push(name);
      continue;
    }
    const there = new Set(table.columns.map((column) => column.name));
    const other = [
      ...[...there].filter((column) => !wanted.has(column)),
      ...[...wanted].filter((column) => !there.has(column)),
    ];
    if (other.length > 0)
      throw new BackupError(
        `The backup can be read, but not restored: the table ${name} has other columns than its migrations create (${other.join(', ')}). Make another one.`,
      );
  }
  return names;
}

function definedBy(migrations: SnapshotHead['migrations']) {
  try {
    return expectedTables(migrations, MIGRATIONS);
  } catch (error) {
    if (error instanceof UnknownDatabase) return null;
    throw error;
  }
}
