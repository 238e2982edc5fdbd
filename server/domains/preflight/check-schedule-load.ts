import { inArray, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { PUBLICATION_LISTS, quotaBuckets } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at, json, ms, rowsOf } from '@/db/statements';
import { latestStored } from '@/server/foundation/clock';
import { DAY_MS } from '@/server/foundation/durations';
import type { WorkspaceId } from '@/server/foundation/ids';
import { bucketOf, postRates } from '../scheduling/rates';
import type { Moment } from './check-schedule-fit';

/** How far ahead to search for a free time: this many rate-limit windows, but at least a day. */
const LENGTHS_AHEAD = 8;
/** Maximum number of times read of each of an account's two lists. */
export const MAX_TIMES = 20_000;
/** Maximum number of planned rows read across all accounts of an installation. */
const MAX_ROWS = 50_000;

/** The lane and time of a publication, as far as limits are concerned. */
export interface Planned {
  connectionId: string;
  platform: string;
  environment: 'live' | 'sandbox';
  dueAt: Date;
  /** Number of posts that count towards the limits: itself and each of its parts. Defaults to one. */
  posts?: number;
}
/** Posts that an account has sent and planned around a time. */
export interface Load {
  gone: Moment[];
  planned: Moment[];
  /** Nothing is known about the plan after this time. */
  knownUntil: number;
}

export const installationOf = (p: Pick<Planned, 'platform' | 'environment'>): string =>
  `installation:${p.platform}:${p.environment}`;

const spanOf = (platform: string, per: 'account' | 'installation', lengths: number): number => {
  const seconds = postRates(platform)
    .filter((r) => r.per === per)
    .map((r) => r.seconds);
  return seconds.length === 0 ? 0 : Math.max(lengths * 1000 * Math.max(...seconds), DAY_MS);
};

interface TimeRow {
  lane: string;
  at: number;
  posts: number;
  gone: boolean;
  /** The list that the row comes from. */
  list: 'waiting' | 'history';
}

/** Returns until when an account's posts are known. Each list is in order of time and may be cut off on its own. */
export function knownUntil(rows: readonly Pick<TimeRow, 'at' | 'list'>[], until: number): number {
  const ends = (['waiting', 'history'] as const).flatMap((list) => {
    const times = rows.filter((row) => row.list === list).map((row) => row.at);
    return times.length >= MAX_TIMES ? [times.reduce((a, b) => Math.max(a, b))] : [];
  });
  return Math.min(until, ...ends);
}

/** Returns each account's recently sent and planned posts by time. Runs in the workspace's transaction. */
export async function readLoads(
  tx: Tx,
  workspaceId: WorkspaceId,
  wanted: readonly Planned[],
  excludedIds: readonly string[],
  now: Date,
): Promise<Map<string, Load>> {
  const lanes = wanted
    .map((w) => ({ ...w, span: spanOf(w.platform, 'account', LENGTHS_AHEAD) }))
    .filter((w) => w.span > 0)
    .map((w) => ({
      lane: w.connectionId,
      // Overdue posts come first in the lane. For a time in the far future, only the posts shortly before it count.
      from_at:
        w.dueAt.getTime() - w.span <= now.getTime()
          ? null
          : new Date(w.dueAt.getTime() - w.span).toISOString(),
      until_at: new Date(w.dueAt.getTime() + w.span).toISOString(),
      sent_from: new Date(now.getTime() - w.span).toISOString(),
    }));
  const loads = new Map<string, Load>();
  if (lanes.length === 0) return loads;
  const rows = await rowsOf<TimeRow>(
    tx,
    sql`
      with w as (
        select * from jsonb_to_recordset(${json(lanes)})
          as w(lane text, from_at timestamptz, until_at timestamptz, sent_from timestamptz)
      ), moving as (select jsonb_array_elements_text(${json(excludedIds)}) as id)
      select w.lane, ${ms(sql`n.at`)} as at, n.posts, n.gone, n.list from w cross join lateral (
        (select greatest(p.due_at, p.retry_at, ${at(now)}) as at, sum(1 + jsonb_array_length(p.parts))::int as posts, false as gone, 'waiting' as list from publications p
          where p.workspace_id = ${workspaceId} and p.connection_id = w.lane and p.state in ${listed(PUBLICATION_LISTS.lane)}
            and p.due_at >= coalesce(w.from_at, '-infinity') and p.due_at < w.until_at and p.id not in (select id from moving)
          group by 1 order by 1 limit ${MAX_TIMES})
        union all
        (select greatest(coalesce(p.published_at, p.due_at), case when p.state = 'awaiting_approval' then ${at(now)} end),
            sum(case when p.state = 'awaiting_approval' then 1 + jsonb_array_length(p.parts) else 1 end)::int,
            p.state <> 'awaiting_approval', 'history' from publications p
          where p.workspace_id = ${workspaceId} and p.connection_id = w.lane and p.state in ${listed(PUBLICATION_LISTS.history)}
            and coalesce(p.published_at, p.due_at) >= w.sent_from and coalesce(p.published_at, p.due_at) < w.until_at
            and p.id not in (select id from moving)
          group by 1, 3 order by 1 limit ${MAX_TIMES})
      ) n`,
  );
  for (const lane of lanes) {
    const own = rows.filter((r) => r.lane === lane.lane);
    const moments = (gone: boolean) =>
      own.filter((r) => r.gone === gone).map(({ at, posts }) => ({ at, posts }));
    loads.set(lane.lane, {
      gone: moments(true),
      planned: moments(false),
      knownUntil: knownUntil(own, new Date(lane.until_at).getTime()),
    });
  }
  return loads;
}

/** Quota information beyond a workspace: the open windows, and the plans of all accounts of this installation. */
export interface QuotaSnapshot {
  /** Keyed by scope and bucket (`quotaKey`). */
  buckets: ReadonlyMap<string, { remaining: number; resetsAt: number }>;
  /** Keyed by installation scope; missing if there is certainly enough quota. */
  installations: ReadonlyMap<string, Load>;
}
export const quotaKey = (scope: string, bucket: string): string => `${scope} ${bucket}`;

/**
 * Reads the open windows and the plans of whole installations. From other workspaces, it reads only the number of posts due at each time. `wanted`
 * must be connections that the caller found in its own workspace.
 */
export async function readQuotaSnapshot(
  db: Db,
  wanted: readonly Planned[],
  excludedIds: readonly string[],
  now: Date,
): Promise<QuotaSnapshot> {
  const limited = wanted.filter((w) => postRates(w.platform).length > 0);
  const buckets = new Map<string, { remaining: number; resetsAt: number }>();
  const lengths = new Map(
    limited.flatMap((w) =>
      postRates(w.platform).map((rate) => [bucketOf(rate), rate.seconds * 1000] as const),
    ),
  );
  const installations = new Map<string, Load>();
  if (limited.length === 0) return { buckets, installations };
  const scopes = [...new Set(limited.flatMap((w) => [w.connectionId, installationOf(w)]))];
  await db.asSystem(async (tx) => {
    for (const row of await tx.select().from(quotaBuckets).where(inArray(quotaBuckets.scope, scopes)))
      if (row.resetsAt > now && row.resetsAt <= latestStored(now, lengths.get(row.bucket)))
        buckets.set(quotaKey(row.scope, row.bucket), {
          remaining: row.remaining,
          resetsAt: row.resetsAt.getTime(),
        });
    for (const one of new Map(limited.map((w) => [installationOf(w), w])).values()) {
      const rates = postRates(one.platform).filter((r) => r.per === 'installation');
      if (rates.length === 0) continue;
      const scope = installationOf(one);
      const same = limited.filter((w) => installationOf(w) === scope);
      const span = spanOf(one.platform, 'installation', 2);
      const from = Math.min(...same.map((w) => w.dueAt.getTime())) - span;
      const until = Math.max(...same.map((w) => w.dueAt.getTime())) + span;
      const range = sql`p.state = 'scheduled' and p.due_at < ${at(new Date(until))}
        ${from <= now.getTime() ? sql`` : sql`and p.due_at >= ${at(new Date(from))}`}`;
      const spent = rates.map(
        (r) => r.count - (buckets.get(quotaKey(scope, bucketOf(r)))?.remaining ?? r.count),
      );
      const adding = same.reduce((sum, w) => sum + (w.posts ?? 1), 0);
      const enough = Math.min(...rates.map((r, i) => r.count - (spent[i] ?? 0))) - adding;
      // Even all platforms together usually plan far fewer posts than the limit, so this cheap count is enough.
      const [some] = await rowsOf<{ n: number }>(
        tx,
        sql`select coalesce(sum(x.posts), 0)::int as n
          from (select 1 + jsonb_array_length(p.parts) as posts from publications p where ${range} limit ${Math.max(1, enough + 1)}) x`,
      );
      if ((some?.n ?? 0) <= enough) continue;
      const planned = await rowsOf<Moment & { due: number }>(
        tx,
        sql`
          select ${ms(sql`x.at`)} as at, sum(x.posts)::int as posts, ${ms(sql`max(x.due_at)`)} as due from (
            select p.due_at, greatest(p.due_at, p.retry_at, ${at(now)}) as at, 1 + jsonb_array_length(p.parts) as posts from publications p
            join connections c on c.id = p.connection_id and c.platform = ${one.platform} and c.environment = ${one.environment}
            where ${range} and p.id not in (select jsonb_array_elements_text(${json(excludedIds)}))
            order by p.due_at limit ${MAX_ROWS}
          ) x group by x.at order by x.at`,
      );
      const full = planned.reduce((sum, m) => sum + m.posts, 0) >= MAX_ROWS;
      installations.set(scope, {
        gone: [],
        planned: planned.map(({ at, posts }) => ({ at, posts })),
        // The rows were cut by their due times; a retry is later than its due time.
        knownUntil: full ? planned.reduce((latest, { due }) => Math.max(latest, due), 0) : until,
      });
    }
  });
  return { buckets, installations };
}
