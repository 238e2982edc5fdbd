import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { at, json, rowsOf } from '@/db/statements';
import { type Cursor, FRESH_OVERLAP_MS, OVERLAP_MS } from './cursor';
import { type ChangedRow, NAMED } from './topics';

/** A query of the feed: what changed in a workspace after a cursor. A null cursor requests nothing. */
export interface Question {
  key: string;
  workspaceId: string;
  cursor: Cursor | null;
}
export interface Changes {
  /** By the question's key. */
  rows: Map<string, ChangedRow[]>;
  /** Oldest transaction in progress: the next cursor. */
  oldest: string;
  /** One past the newest completed transaction. A cursor beyond it is from another database. */
  next: string;
  /** `<session> <workspace>` of the sessions that are still valid and belong to members. */
  alive: Set<string>;
}

/**
 * Answers all questions in one transaction, regardless of their number. The first statement returns the position of the feed and who may
 * still listen. The second, a handful of short index ranges per question, runs only if a transaction has ended since.
 *
 * Timestamps alone would lose changes, because a row's timestamp is taken before its transaction commits and processes have different
 * clocks. Therefore a range reaches back a minute and includes only rows whose transaction may have been open at the cursor: `xmin` is the
 * transaction that wrote the row's version, and everything below the oldest one in progress was already seen. A change may be reported
 * twice but is never lost.
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
    const standing = await rowsOf<Standing>(tx, standingOf(now, sessionIds));
    const [{ oldest, next }] = standing as [Standing, ...Standing[]];
    const alive = new Set(
      standing.flatMap((row) => (row.session ? [`${row.session} ${row.workspace}`] : [])),
    );
    // Everything visible now is older than `next`, so a listener that has read up to there has missed nothing.
    const open = questions.filter(({ cursor }) => cursor && cursor.xid !== next);
    const rows = new Map<string, ChangedRow[]>();
    if (open.length > 0)
      for (const { key, ...row } of await rowsOf<ChangedRow & { key: string }>(tx, statement(open))) {
        const list = rows.get(key);
        if (list) list.push(row);
        else rows.set(key, [row]);
      }
    return { rows, oldest, next, alive };
  });
}

interface Standing {
  oldest: string;
  next: string;
  session: string | null;
  workspace: string | null;
}

/** Selects the position of the feed, one row for each valid session and membership, and at least one. */
const standingOf = (now: Date, sessionIds: readonly string[]): SQL => sql`
  select pg_snapshot_xmin(c.s)::text as oldest, pg_snapshot_xmax(c.s)::text as next, a.session, a.workspace
  from (select pg_current_snapshot() as s) c
  left join lateral (
    select s.id as session, m.workspace_id as workspace
    from jsonb_array_elements_text(${json(sessionIds)}) wanted(id)
    join sessions s on s.id = wanted.id and s.revoked_at is null and s.expires_at > ${at(now)}
    join members m on m.user_id = s.user_id
  ) a on true`;

/** Selects the rows of one table that changed after the question's cursor, newest first, and one more than are named. */
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

// A row's xmin has 32 bits; only its distance to the next transaction, modulo 2^32, is comparable with a full id.
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
    // There are few open ones. Ended ones are reported by the activity (actions) or found by their own index (alerts).
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

function statement(questions: readonly Question[]): SQL {
  const asked = questions.flatMap(({ key, workspaceId, cursor }) => {
    if (!cursor) return [];
    const { at: time, xid } = cursor;
    const since = new Date(time - (xid === null ? FRESH_OVERLAP_MS : OVERLAP_MS)).toISOString();
    return [{ key, workspace_id: workspaceId, since, xid }];
  });
  return sql`
    select w.key, c.*
    from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next) e
    cross join jsonb_to_recordset(${json(asked)}) as w(key text, workspace_id text, since timestamptz, xid bigint)
    cross join lateral (${RANGES}) c`;
}

/** Explains the feed's query, for tests. */
export const explainChanges = (questions: readonly Question[]): SQL => sql`explain ${statement(questions)}`;
