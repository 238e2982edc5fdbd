import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { PUBLICATION_LISTS } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import type { Platforms } from '@/server/verbs/platforms';
import { FOLLOWED_MS } from './schedule';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What one short transaction begins to follow. */
const BATCH = 5_000;
const MAX_CONNECTIONS = 2_000;

/**
 * From when on to look for posts that are not followed yet: an hour before the last time that all were found, and once a day, or where
 * that is not known, for as long as posts are followed. Pure.
 */
export function lookSince(now: Date, last: Date | null): Date {
  const all = new Date(now.getTime() - FOLLOWED_MS);
  const sameDay = last !== null && Math.floor(last.getTime() / DAY_MS) === Math.floor(now.getTime() / DAY_MS);
  return sameDay ? new Date(last.getTime() - HOUR_MS) : all;
}

/**
 * Begins to follow what was published and is not followed yet: posts of their own, on platforms that tell how they do, the newest
 * first and until none is left. Doing it twice changes nothing. `last` is when that was done the last time: what went out since is a
 * range of each connection's `publications_history`, so that posts which are followed already are not read again.
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
        order by r.first limit ${MAX_CONNECTIONS}`,
    ),
  );
}
