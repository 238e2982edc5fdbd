import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The schemas that hold Tributary's tables. The migrator's own (`BOOKKEEPING`) is created anew by a restore. */
export const OUR_SCHEMAS = ['tributary', 'tributary_runner', 'tributary_sandbox'] as const;

/** The schema whose tables no migration creates: the sandbox creates them itself, once it is on. */
export const SANDBOX_SCHEMA = 'tributary_sandbox' satisfies (typeof OUR_SCHEMAS)[number];

const tableSchema = z.object({
  schema: z.enum(OUR_SCHEMAS),
  name: z.string().regex(/^[a-z_][a-z0-9_]*$/),
  /** In the order of each row's values. */
  columns: z.array(z.object({ name: z.string().regex(/^[a-z_][a-z0-9_]*$/), type: z.string() })).min(1),
});
export type SnapshotTable = z.output<typeof tableSchema>;

/** What the rows of a snapshot belong to: the state of the database at one moment. */
export const snapshotHeadSchema = z.object({
  /** The database's time at the moment of the snapshot, ISO 8601. */
  takenAt: z.iso.datetime(),
  database: z.enum(['pglite', 'pg', 'neon']),
  /** The applied migrations in their order: the hash of each file, and its date in milliseconds since 1970. */
  migrations: z.array(z.object({ hash: z.string(), at: z.number().int() })).min(1),
  tables: z.array(tableSchema).min(1),
  sequences: z.array(
    z.object({
      schema: z.enum(OUR_SCHEMAS),
      name: z.string().regex(/^[a-z_][a-z0-9_]*$/),
      last: z.string().regex(/^-?\d+$/),
      called: z.boolean(),
    }),
  ),
  /** Tables, columns and sequences in our schemas that the migrations do not define, and that the snapshot therefore does not contain. */
  leftOut: z.array(z.string()).default([]),
});
export type SnapshotHead = z.output<typeof snapshotHeadSchema>;

/** The name of a table as texts and files show it. */
export const tableName = ({ schema, name }: Pick<SnapshotTable, 'schema' | 'name'>): string =>
  `${schema}.${name}`;

/** One row: a JSON array with PostgreSQL's own text of each value, or null. */
export type RowText = string;

/** Where the parts of a snapshot go. The next part is read only once the promise of the last one resolves. */
export interface SnapshotSink {
  head(head: SnapshotHead): Promise<void>;
  rows(table: SnapshotTable, rows: readonly RowText[]): Promise<void>;
}

/** Number and digest of a table's rows. */
export interface Tally {
  rows: number;
  digest: string;
}

const MODULUS = 1n << 256n;

/**
 * Counts the rows of a table and adds up the SHA-256 of each, modulo 2^256, so that two tables with the same rows have the same digest in
 * whatever order the rows are read.
 */
export class RowTally {
  #rows = 0;
  #sum = 0n;

  add(rows: readonly RowText[]): void {
    this.#rows += rows.length;
    for (const row of rows)
      this.#sum = (this.#sum + BigInt(`0x${createHash('sha256').update(row).digest('hex')}`)) % MODULUS;
  }

  result(): Tally {
    return { rows: this.#rows, digest: this.#sum.toString(16).padStart(64, '0') };
  }
}
