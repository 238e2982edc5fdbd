import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { RECONNECT_MS } from '../boosts/decide';
import { at, rowsOf } from '../publishing/sql-rows';
import { connectorResults, type ResultsPort } from './platform-port';
import { FOLLOWED_MS } from './schedule';

const MOST_NEW = 5_000;
const MOST_CONNECTIONS = 2_000;

/**
 * Begins to follow what was published and is not followed yet: posts of their own, on platforms that tell how they do. Doing it twice
 * changes nothing. Each connection's last 30 days are a range of `publications_history`.
 */
export async function followPublished({
  db,
  clock,
  port = connectorResults,
}: {
  db: Db;
  clock: Clock;
  port?: ResultsPort;
}): Promise<number> {
  const platforms = port.platforms();
  if (platforms.length === 0) return 0;
  const now = clock.now();
  const since = new Date(now.getTime() - FOLLOWED_MS);
  const made = await db.asSystem((tx) =>
    rowsOf<{ id: string }>(
      tx,
      sql`
        insert into publication_results (publication_id, workspace_id, connection_id, next_read_at)
        select p.id, p.workspace_id, p.connection_id, p.published_at + interval '15 minutes'
        from connections c join publications p on p.connection_id = c.id
        where c.platform in (${sql.join(
          platforms.map((platform) => sql`${platform}`),
          sql`, `,
        )})
          and p.state in ('awaiting_approval','published','unknown') and p.state = 'published'
          and coalesce(p.published_at, p.due_at) > ${at(since)}
          and p.kind = 'post' and p.remote_id is not null and p.published_at is not null
          and not exists (select from publication_results r where r.publication_id = p.id)
        limit ${MOST_NEW}
        on conflict do nothing
        returning publication_id as id`,
    ),
  );
  return made.length;
}

export interface DueConnection {
  workspaceId: string;
  connectionId: string;
  platform: string;
}

/** The connections that have posts to be asked about now, the one that waits longest first. */
export async function connectionsToRead({ db, clock }: { db: Db; clock: Clock }): Promise<DueConnection[]> {
  return db.asSystem((tx) =>
    rowsOf<DueConnection>(
      tx,
      sql`
        select r.workspace_id as "workspaceId", r.connection_id as "connectionId", c.platform
        from (
          select workspace_id, connection_id, min(next_read_at) as first from publication_results
          where next_read_at <= ${at(clock.now())} group by workspace_id, connection_id
        ) r join connections c on c.id = r.connection_id
        order by r.first limit ${MOST_CONNECTIONS}`,
    ),
  );
}

/**
 * Rules whose number was reached and whose repost or follow-up is not made yet: the process ended, or something stood in the way. What
 * waits for its account to be reconnected is passed over until its time to wait is over, so that it keeps no other waiting.
 */
export async function boostsToFire({
  db,
  clock,
}: {
  db: Db;
  clock: Clock;
}): Promise<{ workspaceId: string; publicationId: string }[]> {
  const waitedLongEnough = new Date(clock.now().getTime() - RECONNECT_MS);
  return db.asSystem((tx) =>
    rowsOf<{ workspaceId: string; publicationId: string }>(
      tx,
      sql`
        select r.workspace_id as "workspaceId", r.publication_id as "publicationId"
        from publication_results r join connections c on c.id = r.connection_id
        where r.boost_state = 'reached' and (c.status <> 'needs_reconnect' or r.boost_at <= ${at(waitedLongEnough)})
        order by r.boost_at limit 200`,
    ),
  );
}
