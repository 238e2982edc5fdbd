import { type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { faultPoint } from '@/server/foundation/fault-points';

/** The database of the runner's state, and a hook with which tests end the process before any write. */
export interface Store {
  readonly db: Db;
  readonly fault?: (point: string) => void;
}

type Executor = Pick<Tx, 'execute'>;

function reach(store: Store, point: string): void {
  store.fault?.(point);
  faultPoint(`runner: ${point}`);
}

/** Runs one statement and returns its rows. */
export async function rows<T>(on: Executor, query: SQL): Promise<T[]> {
  return ((await on.execute(query)) as unknown as { rows: T[] }).rows;
}

/** Runs one writing statement. `point` names it for the fault hook. */
export async function write<T = unknown>(
  store: Store,
  on: Executor,
  point: string,
  query: SQL,
): Promise<T[]> {
  reach(store, point);
  const written = await rows<T>(on, query);
  faultPoint(`runner: ${point}: after`);
  return written;
}

/** Runs one transaction. The fault hook is called before and after its commit. */
export async function transaction<T>(store: Store, name: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await store.db.raw.transaction(async (tx) => {
    const answer = await work(tx);
    reach(store, `${name}: commit`);
    return answer;
  });
  reach(store, `${name}: committed`);
  return result;
}

/** An array of texts as a single parameter. */
export const texts = (values: readonly string[]): SQL => sql`${sql.param(values)}::text[]`;
/** An instant as a parameter that every driver sends in the same form. */
export const instant = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;
