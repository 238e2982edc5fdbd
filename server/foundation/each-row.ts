import { log } from './log';

export interface BatchResult {
  /** Number of rows processed without an error. */
  done: number;
  /** Number of rows whose processing threw. Each one is logged. */
  failed: number;
}

/**
 * Processes rows one after the other, independently: an error in one is logged and does not affect the others.
 *
 * @param what description of the work for the log: "acting on an approval deadline"
 * @param of ids that identify a row in the log; never texts or credentials
 */
export async function eachRow<Row>(
  rows: Iterable<Row>,
  { what, of, work }: { what: string; of: (row: Row) => object; work: (row: Row) => Promise<unknown> },
): Promise<BatchResult> {
  const swept: BatchResult = { done: 0, failed: 0 };
  for (const row of rows)
    try {
      await work(row);
      swept.done++;
    } catch (error) {
      swept.failed++;
      log().error({ err: error, ...of(row) }, `${what} failed; continuing with the others`);
    }
  return swept;
}

/**
 * Like `eachRow`, for a list of any length that is read in pages. `read` returns the rows after a given one, in a fixed order, so that rows
 * that keep failing never block those behind them. Stops at the first empty page, or after any page once `continueAt` returns false. In the
 * latter case `next` is the row to pass as `from` to the next call, which continues with the rows behind it.
 */
export async function eachPagedRow<Row>({
  read,
  from = null,
  goOn = () => true,
  ...each
}: {
  read: (after: Row | null) => Promise<Row[]>;
  from?: Row | null;
  goOn?: () => boolean;
  what: string;
  of: (row: Row) => object;
  work: (row: Row) => Promise<unknown>;
}): Promise<BatchResult & { next: Row | null }> {
  const total = { done: 0, failed: 0, next: null as Row | null };
  for (let after = from; ; ) {
    const rows: Row[] = await read(after);
    const last = rows.at(-1);
    if (last === undefined) return total;
    const { done, failed } = await eachRow(rows, each);
    total.done += done;
    total.failed += failed;
    after = last;
    if (!goOn()) return { ...total, next: last };
  }
}

/** Throws if any row failed, so that the caller's run is reported as failed. Call it after all rows were processed. */
export function assertNoneFailed({ failed }: BatchResult, what: string): void {
  if (failed > 0) throw new Error(`${what} failed for ${failed} of the rows; see the log for each error`);
}
