import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { publicationAttempts } from '@/db/schema';
import { json, rowsOf } from '@/db/statements';
import { type Fact, fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import { newId } from '@/server/foundation/ids';
import type { actionColumns } from '../actions/kinds';
import type { Label } from '../publications/label';
import { STEPS, type StepName } from '../publications/transitions';
import { uncertainOutcome } from '../publications/uncertain-outcome';
import { batchedBy } from './batcher';

type SettleStep = Extract<
  StepName,
  'succeed' | 'handOver' | 'postpone' | 'fail' | 'doubt' | 'sendAgain' | 'askPerson'
>;

/** The end of an attempt: its outcome, the step of the publication, and its activity, alert or action. */
export interface Settlement {
  workspaceId: string;
  publicationId: string;
  version: number;
  claimToken: string;
  attemptId: string;
  at: Date;
  outcome: NonNullable<(typeof publicationAttempts.$inferSelect)['outcome']>;
  message?: Fact | null;
  step: SettleStep;
  /** When to retry, for `postpone` and `sendAgain`. */
  retryAt?: Date | null;
  /** When to look it up again, for `doubt`. */
  leaseUntil?: Date | null;
  remoteId?: string;
  permalink?: string;
  problem?: Fact | null;
  activity?: { verb: string; summary: Fact };
  alert?: { key: string; severity: 'warning' | 'serious'; title: Fact; body: Fact; href: string };
  action?: ReturnType<typeof actionColumns> & { deadlineAt?: Date };
  /** Names for the notice to users if it was to wait for another attempt but the queue had been cleared meanwhile. */
  ifStopped?: { label: Label; account: string };
}

export interface Settled {
  /** False if the publication no longer belonged to this worker; only the attempt is settled then. */
  own: boolean;
  /** Whether another publication of the same connection is claimed and due, or about to be. */
  more: boolean;
}

/**
 * Records the end of an attempt: attempt, publication, activity, alert and action in one statement (`settle_publishing_v2` in
 * db/functions.sql). Concurrent calls share a statement.
 */
export const settle = batchedBy((db, all: Settlement[]) => settleAll(db.raw, all));

/** Settles several attempts at once, also inside a system transaction. Each publication may occur only once. */
export async function settleAll(on: Pick<Tx, 'execute'>, all: readonly Settlement[]): Promise<Settled[]> {
  faultPoint('settle: before');
  const moved = await rowsOf<SettledRow>(
    on,
    sql`select * from tributary.settle_publishing_v2(${settlementsJson(all)})`,
  );
  faultPoint('settle: written');
  return settledOf(all, moved);
}

/** A row that the database functions return for a settlement whose publication still belonged to its worker. */
export interface SettledRow {
  attempt_id: string;
  more: boolean;
}

/** Maps those rows to the settlements. */
export function settledOf(all: readonly Settlement[], rows: readonly SettledRow[]): Settled[] {
  const done = new Map(rows.map((row) => [row.attempt_id, row.more]));
  return all.map((s) => ({ own: done.has(s.attemptId), more: done.get(s.attemptId) ?? false }));
}

/** Settlements that were already sent to the database and whose response may have been lost. */
const sentBefore = new WeakSet<Settlement>();

/** The settlements as input for the database functions that settle. */
export const settlementsJson = (all: readonly Settlement[]): SQL =>
  json(
    all.map((s) => {
      const again = sentBefore.has(s);
      sentBefore.add(s);
      const time = s.at.getTime();
      const waits = s.step === 'handOver' || STEPS[s.step].to === 'scheduled';
      const stopped = s.ifStopped && waits ? stoppedOf(s.ifStopped) : null;
      return {
        id: s.publicationId,
        workspace_id: s.workspaceId,
        version: s.version,
        token: s.claimToken,
        attempt_id: s.attemptId,
        at: s.at.toISOString(),
        outcome: s.outcome,
        message: s.message ?? null,
        to_state: STEPS[s.step].to,
        out: s.step === 'succeed',
        keep: s.step === 'doubt',
        retry_at: s.retryAt?.toISOString() ?? null,
        lease: s.leaseUntil?.toISOString() ?? null,
        remote_id: s.remoteId ?? null,
        permalink: s.permalink ?? null,
        problem: s.problem ?? null,
        activity_id: s.activity || stopped ? newId('activity', time) : null,
        verb: s.activity?.verb ?? null,
        summary: s.activity?.summary ?? null,
        alert_id: s.alert ? newId('alert', time) : null,
        alert: s.alert ?? null,
        action_id: s.action || stopped ? newId('action', time) : null,
        action: s.action ?? null,
        stopped,
        again,
      };
    }),
  );

/** What is recorded instead if a stop has cleared the queue: a cancellation, or a question to a user. */
function stoppedOf({ label, account }: { label: Label; account: string }) {
  const { problem, activity, action } = uncertainOutcome(label.inside, account, 0);
  return {
    cancelled: {
      verb: 'publication.cancelled',
      summary: fact('publisher.activity.cleared', { what: label.start }),
    },
    asked: activity,
    problem,
    question: action,
    questionWithParts: uncertainOutcome(label.inside, account, 1).action,
  };
}
