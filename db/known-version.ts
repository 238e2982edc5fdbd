import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { BOOKKEEPING } from './login';
import { OUR_SCHEMAS } from './snapshot-format';

const journalSchema = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) });

/** The database is not one that this version can use. */
export class UnknownDatabase extends Error {
  override name = 'UnknownDatabase';
}

/** A migration as it was applied: the hash of its file, and its date in milliseconds since 1970. */
export interface AppliedMigration {
  hash: string;
  at: number;
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
  const [there] = await ask<{ migrated: boolean; foreign: string | null }>(`
    select to_regclass('${table}') is not null as migrated,
      (select min(n.nspname::text) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in (${OUR_SCHEMAS.map((name) => `'${name}'`).join(', ')}) and c.relkind in ('r', 'p')) as foreign`);
  const applied = there?.migrated
    ? (
        await ask<{ hash: string; at: string | number }>(
          `select hash, created_at as at from ${table} order by created_at`,
        )
      ).map(({ hash, at }) => ({ hash, at: Number(at) }))
    : [];
  if (applied.length === 0) {
    if (!there?.foreign) return;
    throw new UnknownDatabase(
      `The schema "${there.foreign}" of this database holds tables that are not Tributary's: no migration of ours made them. ` +
        `Nothing was changed. Give Tributary a database of its own (DATABASE_URL), or rename that schema.`,
    );
  }
  knownMigrations(applied, migrationsFolder, 'database');
}

/**
 * Returns how many of this version's migrations a database has, or a backup was made with. Throws UnknownDatabase with instructions unless
 * they are exactly this version's first ones: the same files in the same order.
 */
export function knownMigrations(
  applied: readonly AppliedMigration[],
  migrationsFolder: string,
  what: 'database' | 'backup',
): number {
  const folder = path.join(/* turbopackIgnore: true */ migrationsFolder);
  const { entries } = journalSchema.parse(
    JSON.parse(readFileSync(path.join(/* turbopackIgnore: true */ folder, 'meta', '_journal.json'), 'utf8')),
  );
  const ours = entries.map(({ when, tag }) => ({
    when,
    tag,
    hashes: hashesOf(readFileSync(path.join(/* turbopackIgnore: true */ folder, `${tag}.sql`), 'utf8')),
  }));
  const unknown = applied.filter(({ hash, at }, i) => ours[i]?.when !== at || !ours[i].hashes.includes(hash));
  if (unknown.length === 0) return applied.length;
  const newest = ours.at(-1);
  const date = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const isNewer = unknown.some(({ at }) => at > (newest?.when ?? 0));
  throw new UnknownDatabase(
    `This ${what} was made by ${isNewer ? 'a newer' : 'another'} version of Tributary: it holds ${unknown.length} migration${unknown.length === 1 ? '' : 's'} ` +
      `that this version does not know, the newest of ${date(Math.max(...unknown.map(({ at }) => at)))}; this version's newest is ${newest?.tag ?? 'none'} of ${date(newest?.when ?? 0)}. ` +
      `Nothing was changed. ${
        what === 'backup'
          ? 'Restore it with the version that made it, or one after it.'
          : 'Start the version that made it, or one after it, or restore a backup of the time before it (docs/backup.md).'
      }`,
  );
}

/** The hashes that a file may have been recorded with: Git on Windows may check it out with other line ends. */
const hashesOf = (text: string): string[] => {
  const plain = text.replaceAll('\r\n', '\n');
  return [text, plain, plain.replaceAll('\n', '\r\n')].map((each) =>
    createHash('sha256').update(each).digest('hex'),
  );
};
