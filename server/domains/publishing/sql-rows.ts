import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { STEPS, type StepName } from './transitions';

/**
 * Runs one plain statement and answers its rows. The publisher's hot statements each do several writes at once, which the
 * query builder cannot say; the three drivers answer plain statements alike, with times as text.
 */
export async function rowsOf<T>(tx: Pick<Tx, 'execute'>, query: SQL): Promise<T[]> {
  const result = (await tx.execute(query)) as unknown as { rows: T[] };
  return result.rows;
}

/** The states from which a step may be taken, as a list for `in`. */
export const statesBefore = (step: StepName): SQL =>
  sql.join(
    STEPS[step].from.map((state) => sql.raw(`'${state}'`)),
    sql.raw(','),
  );
/** The state after a step, as a literal, so that partial indexes are found. */
export const stateAfter = (step: StepName): SQL => sql.raw(`'${STEPS[step].to}'`);

/** A parameter for an instant. */
export const at = (date: Date): SQL => sql`${date.toISOString()}::timestamptz`;
/** A parameter for rows, to be read with `jsonb_to_recordset`. */
export const json = (rows: unknown): SQL => sql`${JSON.stringify(rows)}::text::jsonb`;
/** An expression for a time column as milliseconds since 1970. */
export const ms = (column: SQL): SQL => sql`(extract(epoch from ${column}) * 1000)::float8`;
