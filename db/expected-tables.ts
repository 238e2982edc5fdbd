import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type AppliedMigration, knownMigrations } from './known-version';
import { OUR_SCHEMAS, SANDBOX_SCHEMA, type SnapshotTable, tableName } from './snapshot-format';

/** The part of Drizzle's description of the tables that is read here. */
const describedSchema = z.object({
  tables: z.record(
    z.string(),
    z.object({
      schema: z.enum(OUR_SCHEMAS),
      name: z.string(),
      columns: z.record(z.string(), z.object({ name: z.string(), generated: z.unknown().optional() })),
    }),
  ),
});

/**
 * Returns the columns of each table as of some migrations, by the table's name (`tableName`), without generated columns. Throws
 * UnknownDatabase if this version does not know the migrations.
 */
export function expectedTables(
  applied: readonly AppliedMigration[],
  migrationsFolder: string,
): Map<string, Set<string>> {
  const known = knownMigrations(applied, migrationsFolder, 'database');
  const file = `${String(known - 1).padStart(4, '0')}_snapshot.json`;
  const { tables } = describedSchema.parse(
    JSON.parse(readFileSync(path.join(/* turbopackIgnore: true */ migrationsFolder, 'meta', file), 'utf8')),
  );
  return new Map(
    Object.values(tables).map((table) => [
      tableName(table),
      new Set(Object.values(table.columns).flatMap(({ name, generated }) => (generated ? [] : [name]))),
    ]),
  );
}

interface Found {
  schema: SnapshotTable['schema'];
  name: string;
  columns: SnapshotTable['columns'];
}

/**
 * Separates the tables and columns that the migrations define, and the tables of the sandbox, from others, which a restore could not create.
 * Throws an Error that names what is missing.
 */
export function ownTables<T extends Found>(
  found: readonly T[],
  expected: ReadonlyMap<string, ReadonlySet<string>>,
): { own: T[]; foreign: string[] } {
  const foreign: string[] = [];
  const own: T[] = [];
  const missing = new Set(expected.keys());
  for (const table of found) {
    const name = tableName(table);
    const wanted = expected.get(name);
    if (!wanted) {
      if (table.schema === SANDBOX_SCHEMA) own.push(table);
      else foreign.push(name);
      continue;
    }
    const columns = table.columns.filter((column) => wanted.has(column.name));
    for (const column of table.columns) if (!wanted.has(column.name)) foreign.push(`${name}.${column.name}`);
    if (columns.length === wanted.size) missing.delete(name);
    own.push({ ...table, columns });
  }
  if (missing.size > 0)
    throw new IncompleteDatabase(
      `The database is not complete: ${[...missing].join(', ')} ${missing.size === 1 ? 'is' : 'are'} missing, or without some of the columns that the migrations create. It could not be restored, so it is not backed up.`,
    );
  return { own, foreign };
}

/** Tables or columns of ours are missing. */
export class IncompleteDatabase extends Error {
  override name = 'IncompleteDatabase';
}
