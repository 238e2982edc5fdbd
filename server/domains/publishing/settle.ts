import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import type { publicationAttempts } from '@/db/schema';
import { faultPoint } from '@/server/foundation/fault-points';
import { newId } from '@/server/foundation/ids';
import { createBatcher } from './batcher';
import { json, rowsOf, statesBefore } from './sql-rows';
import { STEPS, type StepName } from './transitions';

type SettleStep = Extract<StepName, 'succeed' | 'postpone' | 'fail' | 'doubt' | 'sendAgain' | 'askPerson'>;

/** How a try ended: the attempt's outcome, the publication's step, and what people are told of it. */
export interface Settlement {
  workspaceId: string;
  publicationId: string;
  version: number;
  claimToken: string;
  attemptId: string;
  at: Date;
  outcome: NonNullable<(typeof publicationAttempts.$inferSelect)['outcome']>;
  message?: string | null;
  step: SettleStep;
  /** When to try again, for `postpone` and `sendAgain`. */
  retryAt?: Date | null;
  /** When to look again, for `doubt`. */
  leaseUntil?: Date | null;
  remoteId?: string;
  permalink?: string;
  problem?: string | null;
  activity?: { verb: string; summary: string };
  alert?: { key: string; severity: 'warning' | 'serious'; title: string; body: string; href: string };
  action?: { title: string; prompt: string; choices: { value: string; label: string }[] };
}

export interface Settled {
  /** False when the publication was no longer this worker's; then only the attempt is settled. */
  own: boolean;
  /** Whether another publication of the same connection is claimed and due. */
  more: boolean;
}

const batchers = new WeakMap<Db, (settlement: Settlement) => Promise<Settled>>();

/**
 * Writes how a try ended: attempt, publication, activity, alert and action in one statement. Calls at the same time share
 * a statement.
 */
export function settle(db: Db, settlement: Settlement): Promise<Settled> {
  let batch = batchers.get(db);
  if (!batch) {
    batch = createBatcher((all) => db.asSystem((tx) => settleAll(tx, all)));
    batchers.set(db, batch);
  }
  return batch(settlement);
}

/** The same inside the caller's transaction (system role), for several at once. One publication comes at most once. */
export async function settleAll(tx: Tx, all: readonly Settlement[]): Promise<Settled[]> {
  const rows = all.map((s) => {
    const time = s.at.getTime();
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
      activity_id: s.activity ? newId('activity', time) : null,
      verb: s.activity?.verb ?? null,
      summary: s.activity?.summary ?? null,
      alert_id: s.alert ? newId('alert', time) : null,
      alert: s.alert ?? null,
      action_id: s.action ? newId('action', time) : null,
      action: s.action ?? null,
    };
  });
  faultPoint('settle: before');
  const moved = await rowsOf<{ attempt_id: string; more: boolean }>(
    tx,
    sql`
      with done as (
        select * from jsonb_to_recordset(${json(rows)}) as d(id text, workspace_id text, version int, token text, attempt_id text,
          at timestamptz, outcome text, message text, to_state text, out boolean, keep boolean, retry_at timestamptz, lease timestamptz,
          remote_id text, permalink text, problem text, activity_id text, verb text, summary text, alert_id text, alert jsonb,
          action_id text, action jsonb)
      ), tried as (
        update publication_attempts a set finished_at = d.at, outcome = d.outcome, message = d.message
        from done d where a.id = d.attempt_id and a.workspace_id = d.workspace_id
      ), moved as (
        update publications p set state = d.to_state, updated_at = d.at, retry_at = d.retry_at, problem = d.problem,
          claim_token = case when d.keep then p.claim_token end, claimed_until = case when d.keep then d.lease end,
          remote_id = coalesce(d.remote_id, p.remote_id), permalink = coalesce(d.permalink, p.permalink),
          published_at = case when d.out then d.at else p.published_at end
        from done d
        where p.id = d.id and p.workspace_id = d.workspace_id and (
          (p.state in (${statesBefore('succeed')}) and p.version = d.version and p.claim_token = d.token)
          or (d.out and p.state in (${statesBefore('succeedLate')}))
        )
        returning d.*, p.connection_id
      ), told as (
        insert into activity (id, workspace_id, at, actor, verb, subject_type, subject_id, summary)
        select activity_id, workspace_id, at, 'system:publisher', verb, 'publication', id, summary from moved where activity_id is not null
      ), alerted as (
        insert into alerts (id, workspace_id, key, severity, title, body, href, created_at)
        select alert_id, workspace_id, alert->>'key', alert->>'severity', alert->>'title', alert->>'body', alert->>'href', at
        from moved where alert_id is not null
        on conflict (workspace_id, key) where not resolved do nothing
      ), asked as (
        insert into actions (id, workspace_id, kind, subject_type, subject_id, title, prompt, input, choices, created_at)
        select action_id, workspace_id, 'publication_unknown', 'publication', id, action->>'title', action->>'prompt', 'choice',
          action->'choices', at
        from moved where action_id is not null
        on conflict (workspace_id, kind, subject_id) where state = 'open' do nothing
      )
      select m.attempt_id, exists (
        select from publications q where q.connection_id = m.connection_id and q.id <> m.id and q.state in (${statesBefore('start')})
          and greatest(q.due_at, q.retry_at) <= m.at) as more
      from moved m`,
  );
  faultPoint('settle: written');
  const done = new Map(moved.map((m) => [m.attempt_id, m.more]));
  return all.map((s) => ({ own: done.has(s.attemptId), more: done.get(s.attemptId) ?? false }));
}
