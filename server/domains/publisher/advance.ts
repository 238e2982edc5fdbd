import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { rowsOf } from '@/db/statements';
import { faultPoint } from '@/server/foundation/fault-points';
import { batchedBy } from './batcher';
import { type Settled, type SettledRow, type Settlement, settledOf, settlementsJson } from './settle';
import { type Start, type StartRequest, type StartRow, startArguments } from './start-publishing';

/** The end of an attempt, and the request for the next publication of its lane. */
export interface Step {
  settlement: Settlement;
  next: StartRequest;
}
export interface Advanced {
  settled: Settled;
  next: Start;
}
interface Row extends StartRow {
  settled_attempt: string | null;
  more: boolean;
}

/**
 * Records the end of an attempt (like `settle`) and starts the next publication of its lane (like `startPublishing`) in one statement, so
 * that both happen or neither does (`advance_publishing_v5` in db/functions.sql). Concurrent calls share a statement. If a step is repeated
 * because its response was lost, it finds what it did and continues from there.
 */
export const advance = batchedBy(advanceAll);

async function advanceAll(db: Db, steps: readonly Step[]): Promise<Advanced[]> {
  const settlements = steps.map((step) => step.settlement);
  const order = startArguments(steps.map((step) => step.next));
  faultPoint('advance: before');
  const rows = await rowsOf<Row>(
    db.raw,
    sql`select * from tributary.advance_publishing_v5(${settlementsJson(settlements)}, ${order.arguments})`,
  );
  faultPoint('advance: after');
  const ends: SettledRow[] = rows.flatMap((row) =>
    row.settled_attempt === null ? [] : [{ attempt_id: row.settled_attempt, more: row.more }],
  );
  const settled = settledOf(settlements, ends);
  const started = order.answers(rows.filter((row) => row.settled_attempt === null));
  return settled.map((one, i) => ({ settled: one, next: started[i] ?? { kind: 'idle' } }));
}
