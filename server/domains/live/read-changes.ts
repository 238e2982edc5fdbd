import { and, eq, gt, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { members, sessions } from '@/db/schema';
import { at, json, rowsOf } from '../publishing/sql-rows';
import { type Cursor, FRESH_OVERLAP_MS, OVERLAP_MS } from './cursor';
import { type ChangedRow, NAMED } from './topics';

/** One question to the feed: what changed in a workspace after a cursor. Null asks for nothing but where the feed stands. */
export interface Question {
  key: string;
  workspaceId: string;
  cursor: Cursor | null;
}
export interface Changes {
  /** By the question's key. */
  rows: Map<string, ChangedRow[]>;
  /** The oldest transaction under way: the next cursor. Null when nothing was asked. */
  oldest: string | null;
  /** The first transaction that had not begun. A cursor beyond it comes from another database. */
  next: string | null;
  /** `<session> <workspace>` of those that are still alive and members. */
  alive: Set<string>;
}

/**
 * Answers all questions in one transaction of two statements, whatever their number; each is a handful of short index ranges.
 *
 * Times alone would lose changes: a row's time is taken before its transaction commits, and two processes have two clocks. So a range
 * reaches back a minute, and of it only rows count whose transaction was not surely over at the cursor: `xmin` is the transaction that
 * wrote a row's version, and everything below the oldest one under way was seen. A change may be told twice, and never not at all.
 */
export async function readChanges({
  db,
  now,
  questions,
  sessionIds,
}: {
  db: Db;
  now: Date;
  questions: readonly Question[];
  sessionIds: readonly string[];
}): Promise<Changes> {
  return db.asSystem(async (tx) => {
    const alive = await aliveOf(tx, now, sessionIds);
    const rows = new Map<string, ChangedRow[]>();
    let oldest: string | null = null;
    let next: string | null = null;
    if (questions.length > 0)
      for (const row of await rowsOf<Answer>(tx, statement(questions, now))) {
        oldest = row.oldest;
        next = row.next;
        const { key, source, id, a, b, xid } = row;
        if (source === null || id === null || xid === null) continue;
        const list = rows.get(key) ?? [];
        list.push({ source, id, a, b, xid });
        rows.set(key, list);
      }
    return { rows, oldest, next, alive };
  });
}

interface Answer {
  key: string;
  oldest: string;
  next: string;
  source: ChangedRow['source'] | null;
  id: string | null;
  a: string | null;
  b: string | null;
  xid: string | null;
}

async function aliveOf(tx: Tx, now: Date, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .select({ session: sessions.id, workspace: members.workspaceId })
    .from(sessions)
    .innerJoin(members, eq(members.userId, sessions.userId))
    .where(and(inArray(sessions.id, [...ids]), isNull(sessions.revokedAt), gt(sessions.expiresAt, now)));
  return new Set(rows.map((row) => `${row.session} ${row.workspace}`));
}

/** Rows of one table that changed after the question's cursor, the newest first, and one more than are named. */
function range(of: {
  source: ChangedRow['source'];
  table: SQL;
  time: SQL;
  id: SQL;
  a?: SQL;
  b?: SQL;
  when?: SQL;
}): SQL {
  return sql`(select ${of.source}::text as source, ${of.id} as id, ${of.a ?? sql`null::text`} as a, ${of.b ?? sql`null::text`} as b,
      t.xmin::text as xid
    from ${of.table} t
    where t.workspace_id = w.workspace_id and ${of.time} > w.since ${of.when ? sql`and ${of.when}` : sql``}
      and (w.xid is null or ((e.next - t.xmin::text::bigint) & 4294967295) <= e.next - w.xid)
    order by ${of.time} desc limit ${NAMED + 1})`;
}

// A row's xmin has 32 bits: its distance to the next transaction, modulo 2^32, is what can be compared with a full id.
const RANGES: SQL = sql.join(
  [
    range({
      source: 'publication',
      table: sql`publications`,
      time: sql`t.updated_at`,
      id: sql`t.id`,
      a: sql`t.post_id`,
      b: sql`t.approval_id`,
    }),
    range({ source: 'post', table: sql`posts`, time: sql`t.updated_at`, id: sql`t.id` }),
    range({
      source: 'activity',
      table: sql`activity`,
      time: sql`t.at`,
      id: sql`t.subject_id`,
      a: sql`t.subject_type`,
      b: sql`t.verb`,
    }),
    // Open ones are few; those that end are told by the activity (actions) or by their own index (alerts).
    range({
      source: 'action',
      table: sql`actions`,
      time: sql`t.created_at`,
      id: sql`t.id`,
      when: sql`t.state = 'open'`,
    }),
    range({
      source: 'alert',
      table: sql`alerts`,
      time: sql`t.created_at`,
      id: sql`t.id`,
      when: sql`not t.resolved`,
    }),
    range({
      source: 'alert',
      table: sql`alerts`,
      time: sql`t.resolved_at`,
      id: sql`t.id`,
      when: sql`t.resolved`,
    }),
  ],
  sql` union all `,
);

function statement(questions: readonly Question[], now: Date): SQL {
  const asked = questions.map(({ key, workspaceId, cursor }) => ({
    key,
    workspace_id: workspaceId,
    since: cursor
      ? new Date(cursor.at - (cursor.xid === null ? FRESH_OVERLAP_MS : OVERLAP_MS)).toISOString()
      : null,
    xid: cursor?.xid ?? null,
  }));
  return sql`
    with edge as materialized (
      select pg_snapshot_xmin(s)::text::bigint as oldest, pg_snapshot_xmax(s)::text::bigint as next from pg_current_snapshot() s
    ), asked as (
      select key, workspace_id, coalesce(since, ${at(now)} + interval '1 day') as since, xid
      from jsonb_to_recordset(${json(asked)}) as q(key text, workspace_id text, since timestamptz, xid bigint)
    )
    select w.key, e.oldest::text as oldest, e.next::text as next, c.*
    from asked w cross join edge e left join lateral (${RANGES}) c on true`;
}

/** How the database would answer, for tests. */
export const explainChanges = (questions: readonly Question[]): SQL =>
  sql`explain ${statement(questions, new Date())}`;
