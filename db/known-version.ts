import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { BOOKKEEPING } from './login';

/** The schema that holds our own tables. */
const OURS = 'tributary';

const journalSchema = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) });

/** The database is not one that this version can use. */
export class UnknownDatabase extends Error {
  override name = 'UnknownDatabase';
}

/**
 * Refuses a database that was migrated by a newer or a different version, and one whose `tributary` schema belongs to another system. The
 * migrator would proceed, because it checks only the date of the newest migration. Throws UnknownDatabase with instructions. `client`
 * queries as the login itself.
 */
export async function assertKnownDatabase(
  client: { query(text: string): Promise<{ rows: unknown[] }> },
  migrationsFolder: string,
): Promise<void> {
  const ask = async <T>(question: string): Promise<T[]> => (await client.query(question)).rows as T[];
  const [rights] = await ask<{ enters: boolean }>(
    `select coalesce(bool_and(has_schema_privilege(oid, 'USAGE')), true) as enters from pg_namespace where nspname = '${BOOKKEEPING}'`,
  );
  // Missing rights are reported, with instructions, by `prepareLogin`.
  if (!rights?.enters) return;
  const table = `${BOOKKEEPING}.__drizzle_migrations`;
  const [there] = await ask<{ migrated: boolean; tables: number }>(`
    select to_regclass('${table}') is not null as migrated,
      (select count(*)::int from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = '${OURS}' and c.relkind in ('r', 'p')) as tables`);
  const applied = there?.migrated
    ? (await ask<{ at: string | number }>(`select created_at as at from ${table} order by created_at`)).map(
        (row) => Number(row.at),
      )
    : [];
  if (applied.length === 0) {
    if (!there?.tables) return;
    throw new UnknownDatabase(
      `The schema "${OURS}" of this database holds tables that are not Tributary's: no migration of ours made them. ` +
        `Nothing was changed. Give Tributary a database of its own (DATABASE_URL), or rename that schema.`,
    );
  }
  const { entries } = journalSchema.parse(
    JSON.parse(
      readFileSync(path.join(/* turbopackIgnore: true */ migrationsFolder, 'meta', '_journal.json'), 'utf8'),
    ),
  );
  const known = new Set(entries.map((entry) => entry.when));
  const unknown = applied.filter((at) => !known.has(at));
  if (unknown.length === 0) return;
  const newest = entries.at(-1);
  const date = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const isNewer = unknown.some((at) => at > (newest?.when ?? 0));
  throw new UnknownDatabase(
    `This database was made by ${isNewer ? 'a newer' : 'another'} version of Tributary: it holds ${unknown.length} migration${unknown.length === 1 ? '' : 's'} ` +
      `that this version does not know, the newest of ${date(Math.max(...unknown))}; this version's newest is ${newest?.tag ?? 'none'} of ${date(newest?.when ?? 0)}. ` +
      `Nothing was changed. Start the version that made it, or one after it, or restore a backup of the time before it.`,
  );
}
