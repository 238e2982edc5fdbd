import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { configuredDatabase, type Db, openDb, type Tx } from '@/db/client';
import { BOOKKEEPING } from '@/db/login';
import type { Env } from '@/server/foundation/env';

/** The data folder holds parts of a restore that was interrupted. */
export class UnfinishedRestore extends Error {
  override name = 'UnfinishedRestore';
}

/**
 * Folder in the data folder in which a restore prepares everything, and the file that names the restore. As long as it is there, what is
 * beside it belongs to that restore: it begins only in an empty folder.
 */
export const stagingFolder = (dataDir: string): string =>
  path.join(/* turbopackIgnore: true */ dataDir, 'restoring');
export const stagingRecord = (dataDir: string): string =>
  path.join(/* turbopackIgnore: true */ stagingFolder(dataDir), 'restore.json');

const recordSchema = z.object({ id: z.string(), file: z.string() });
export type RestoreRecord = z.output<typeof recordSchema>;

/** Returns the restore that the data folder was being used for; null if there is none. */
export function readRestore(dataDir: string): RestoreRecord | null {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(stagingRecord(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

/** Writes into the database that this restore has filled it, in the transaction that does. */
export async function recordRestore(tx: Tx, id: string, takenAt: string): Promise<void> {
  await tx.execute(
    sql.raw(
      `create table if not exists ${BOOKKEEPING}.restores (id text primary key, taken_at timestamptz not null, restored_at timestamptz not null default now())`,
    ),
  );
  await tx.execute(
    sql`insert into ${sql.raw(BOOKKEEPING)}.restores (id, taken_at) values (${id}, ${takenAt}::timestamptz)`,
  );
}

/** Whether this restore has filled the database. */
export async function isRecorded(db: Db, id: string): Promise<boolean> {
  const rows = async (text: ReturnType<typeof sql>) =>
    ((await db.raw.execute(text)) as unknown as { rows: { there: boolean }[] }).rows;
  const [table] = await rows(sql`select to_regclass(${`${BOOKKEEPING}.restores`}) is not null as there`);
  if (!table?.there) return false;
  const [row] = await rows(
    sql`select exists (select from ${sql.raw(BOOKKEEPING)}.restores where id = ${id}) as there`,
  );
  return row?.there === true;
}

/**
 * Returns whether the restore is complete except for the removal of its folder. In the embedded database's data folder, the database is the
 * last part that gets its place; on a server, the transaction's commit is the last step.
 */
export async function isComplete(settings: Env, { id }: RestoreRecord): Promise<boolean> {
  if (!settings.DATABASE_URL)
    return existsSync(path.join(/* turbopackIgnore: true */ settings.dataDir, 'pglite', 'PG_VERSION'));
  const db = await openDb(configuredDatabase(settings));
  try {
    return await isRecorded(db, id);
  } finally {
    await db.close();
  }
}

/** Throws UnfinishedRestore, with instructions, if a restore into the data folder was interrupted. */
export async function assertRestoreFinished(settings: Env): Promise<void> {
  const folder = stagingFolder(settings.dataDir);
  if (!existsSync(/* turbopackIgnore: true */ folder)) return;
  const record = readRestore(settings.dataDir);
  if (record && (await isComplete(settings, record))) {
    rmSync(/* turbopackIgnore: true */ folder, { recursive: true, force: true });
    return;
  }
  throw new UnfinishedRestore(
    `A restore into ${settings.dataDir} was interrupted, so the installation is not complete. Nothing was changed. ` +
      `Repeat it (npm run restore -- ${record?.file ?? 'FILE'}): it begins again. See docs/backup.md.`,
  );
}
