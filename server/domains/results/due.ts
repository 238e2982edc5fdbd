import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { isFree } from '@/db/leases';
import { PUBLICATION_LISTS } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import type { Platforms } from '@/server/verbs/platforms';
import { RESULTS_LEASE } from './read-results';
import { FOLLOWED_MS } from './schedule';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Number of posts that one short transaction starts to follow. */
const BATCH = 5_000;
const MAX_CONNECTIONS = 2_000;

/**
 * Returns the time from which to search for posts that are not followed yet: an hour before the last complete search, or, once a day and if
 * that is unknown, the whole period for which posts are followed. Pure.
 */
export function lookSince(now: Date, last: Date | null): Date {
  const all = new Date(now.getTime() - FOLLOWED_MS);
  const sameDay = last !== null && Math.floor(last.getTime() / DAY_MS) === Math.floor(now.getTime() / DAY_MS);
  return sameDay ? new Date(last.getTime() - HOUR_MS) : all;
}

/**
 * Starts to follow published posts that are not followed yet: original posts on platforms that report results, newest first, until none is
 * left. Repeating it changes nothing. `last` is the time of the previous call: posts published since are a range of each connection's
 * `publications_history`, so that posts already followed are not read again.
 */
export async function followPublished({
  db,
  clock,
  last = null,
  platforms: port,
  batch = BATCH,
}: {
  db: Db;
  clock: Clock;
  last?: Date | null;
  platforms: Platforms;
  batch?: number;
}): Promise<number> {
  const platforms = port.ids().filter((id) => port.traits(id)?.resultsBatch != null);
  if (platforms.length === 0) return 0;
  const since = lookSince(clock.now(), last);
  let followed = 0;
  for (;;) {
    const made = await followSome(db, platforms, since, batch);
    followed += made;
    if (made < batch) return followed;
  }
}

async function followSome(db: Db, platforms: readonly string[], since: Date, batch: number): Promise<number> {
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
          and p.state in ${listed(PUBLICATION_LISTS.history)} and p.state = 'published'
          and coalesce(p.published_at, p.due_at) > ${at(since)}
          and p.kind = 'post' and p.remote_id is not null and p.published_at is not null
          and not exists (select from publication_results r where r.publication_id = p.id)
        order by p.published_at desc limit ${batch}
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

/** Returns the connections with posts that are due to be read, the longest waiting first. */
export async function connectionsToRead({ db, clock }: { db: Db; clock: Clock }): Promise<DueConnection[]> {
  return db.asSystem((tx) =>
    rowsOf<DueConnection>(
      tx,
      sql`
        select r.workspace_id as "workspaceId", r.connection_id as "connectionId", c.platform
        from (
          select workspace_id, connection_id, min(next_read_at) as first from publication_results
          where ${isFree(RESULTS_LEASE, clock.now())} group by workspace_id, connection_id
        ) r join connections c on c.id = r.connection_id
        order by r.first limit ${MAX_CONNECTIONS}`,
    ),
  );
}
