import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

/**
 * Runs one plain statement and returns its rows. For statements that the query builder cannot express, such as several writes in one. The
 * three drivers return the same results for plain statements, with times as text.
 */
export async function rowsOf<T>(tx: Pick<Tx, 'execute'>, query: SQL): Promise<T[]> {
  const result = (await tx.execute(query)) as unknown as { rows: T[] };
  return result.rows;
}

/** A parameter for an instant. */
export const at = (date: Date): SQL => sql`${date.toISOString()}::timestamptz`;
/** A parameter for rows, to be read by `jsonb_to_recordset`. */
export const json = (rows: unknown): SQL => sql`${JSON.stringify(rows)}::text::jsonb`;
/** An expression for a time column as milliseconds since 1970. */
export const ms = (column: SQL): SQL => sql`(extract(epoch from ${column}) * 1000)::float8`;
