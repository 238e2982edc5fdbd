import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { faultPoint } from '@/server/foundation/fault-points';
import { newId } from '@/server/foundation/ids';
import { createBatcher } from './batcher';
import { PUBLISH_LEASE_MS } from './policy';
import { json, rowsOf, stateAfter, statesBefore } from './sql-rows';

export interface StartRequest {
  workspaceId: string;
  publicationId: string;
  version: number;
  claimToken: string;
  now: Date;
}
/** What is needed to send a publication, read in the statement that started it. */
export interface Started {
  attemptId: string;
  attempt: number;
  text: string;
  link: string | null;
  title: string;
  postId: string;
  connectionId: string;
  connectionName: string;
  platform: string;
  /** Earlier tries of this version that ended with temporary trouble, and whose end nobody saw. */
  priorTransient: number;
  priorUnseen: number;
  leaseUntil: Date;
}

interface Row {
  id: string;
  attempt_id: string;
  attempts: number;
  text: string;
  link: string | null;
  title: string;
  post_id: string;
  connection_id: string;
  connection_name: string;
  platform: string;
  prior_transient: number;
  prior_unseen: number;
}

const batchers = new WeakMap<Db, (request: StartRequest) => Promise<Started | null>>();

/**
 * Moves a claimed publication to `publishing` and writes the attempt row, in one statement, before anything leaves. Answers
 * null when the claim is void: edited, cancelled, released or already started. Calls at the same time share a statement.
 */
export function startPublishing(db: Db, request: StartRequest): Promise<Started | null> {
  let batch = batchers.get(db);
  if (!batch) {
    batch = createBatcher((requests) => startAll(db, requests));
    batchers.set(db, batch);
  }
  return batch(request);
}

async function startAll(db: Db, requests: StartRequest[]): Promise<(Started | null)[]> {
  const wanted = requests.map((r) => ({
    id: r.publicationId,
    workspace_id: r.workspaceId,
    version: r.version,
    token: r.claimToken,
    now: r.now.toISOString(),
    lease: leaseOf(r).toISOString(),
    attempt_id: newId('attempt', r.now.getTime()),
  }));
  faultPoint('start: before');
  const rows = await db.asSystem((tx) =>
    rowsOf<Row>(
      tx,
      sql`
        with wanted as (
          select * from jsonb_to_recordset(${json(wanted)})
            as w(id text, workspace_id text, version int, token text, now timestamptz, lease timestamptz, attempt_id text)
        ), moved as (
          update publications p
          set state = ${stateAfter('start')}, attempts = p.attempts + 1, claimed_until = w.lease, updated_at = w.now
          from wanted w
          where p.id = w.id and p.workspace_id = w.workspace_id and p.state in (${statesBefore('start')})
            and p.version = w.version and p.claim_token = w.token
            and greatest(p.due_at, p.retry_at) <= w.now
          returning p.id, p.workspace_id, p.post_id, p.connection_id, p.text, p.link, p.attempts, w.attempt_id, w.now
        ), noted as (
          insert into publication_attempts (id, workspace_id, publication_id, number, kind, started_at)
          select attempt_id, workspace_id, id, attempts, 'publish', now from moved
        )
        select m.id, m.attempt_id, m.attempts, m.text, m.link, m.post_id, m.connection_id, t.title, c.remote_name as connection_name, c.platform,
          coalesce(a.transient, 0) as prior_transient, coalesce(a.unseen, 0) as prior_unseen
        from moved m join connections c on c.id = m.connection_id join posts t on t.id = m.post_id
        left join lateral (
          select count(*) filter (where outcome = 'transient')::int as transient,
            count(*) filter (where outcome = 'unknown_outcome')::int as unseen
          from publication_attempts where m.attempts > 1 and publication_id = m.id and kind = 'publish'
        ) a on true`,
    ),
  );
  faultPoint('start: after');
  const found = new Map(rows.map((r) => [r.attempt_id, r]));
  return requests.map((request, i) => {
    const row = found.get(wanted[i]?.attempt_id ?? '');
    if (!row) return null;
    return {
      attemptId: row.attempt_id,
      attempt: row.attempts,
      text: row.text,
      link: row.link,
      title: row.title,
      postId: row.post_id,
      connectionId: row.connection_id,
      connectionName: row.connection_name,
      platform: row.platform,
      priorTransient: row.prior_transient,
      priorUnseen: row.prior_unseen,
      leaseUntil: leaseOf(request),
    };
  });
}

const leaseOf = (r: StartRequest): Date => new Date(r.now.getTime() + PUBLISH_LEASE_MS);
