import { log } from './log';

export interface Swept {
  /** Rows that were worked on without an error. */
  done: number;
  /** Rows whose work threw. The log has each. */
  failed: number;
}

/**
 * Works on rows one after the other, each alone: what is thrown for one is logged and holds up no other.
 *
 * @param what the work in words, for the log: "acting on an approval deadline"
 * @param of ids that name a row in the log; never texts or credentials
 */
export async function eachRow<Row>(
  rows: Iterable<Row>,
  { what, of, work }: { what: string; of: (row: Row) => object; work: (row: Row) => Promise<unknown> },
): Promise<Swept> {
  const swept: Swept = { done: 0, failed: 0 };
  for (const row of rows)
    try {
      await work(row);
      swept.done++;
    } catch (error) {
      swept.failed++;
      log().error({ err: error, ...of(row) }, `${what} went wrong; the others go on`);
    }
  return swept;
}

/**
 * As `eachRow`, over a list of any length that is read in pages. `read` answers the rows after a given one, in a fixed order, so that rows
 * which fail again and again never fill the pages of those behind them. Ends at the first empty page; or, where `goOn` says so, after a
 * page: `next` is then the row from which the next call goes on (`from`), so that the rows behind it have their turn.
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
}): Promise<Swept & { next: Row | null }> {
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

/** Throws when the work went wrong for a row, once all had their turn: whoever runs it sees that it did. */
export function assertAllDone({ failed }: Swept, what: string): void {
  if (failed > 0) throw new Error(`${what} went wrong for ${failed} of the rows. The log has each.`);
}
