import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { type Clock, latestStored } from '@/server/foundation/clock';
import { log } from '@/server/foundation/log';
import { rows } from './store/base';

const EVERY = 5000;
const PART = 'runner';

/** Records every five seconds that the runner is alive, for as long as it is. Returns a function that stops it. */
export function startHeartbeat(db: Db, clock: Clock, alive: () => boolean): () => void {
  const beat = async () => {
    if (!alive()) return;
    const at = clock.now().toISOString();
    await db
      .asSystem((tx) =>
        tx.execute(sql`insert into heartbeats (part, at) values (${PART}, ${at}::timestamptz)
          on conflict (part) do update set at = excluded.at`),
      )
      .catch((error: unknown) => log().warn({ err: error }, 'the heartbeat could not be written'));
  };
  void beat();
  const timer = setInterval(() => void beat(), EVERY);
  return () => clearInterval(timer);
}

/** Returns how long ago the runner of any process was last alive, in milliseconds, or null if that is unknown. */
export async function heartbeatAge(db: Db, clock: Clock): Promise<number | null> {
  const [row] = await db.asSystem((tx) =>
    rows<{ at: number | string }>(
      tx,
      sql`select (extract(epoch from at) * 1000)::float8 as at from heartbeats where part = ${PART}`,
    ),
  );
  const now = clock.now();
  // One in the future was written while the clock was ahead, and says nothing about now.
  return row && Number(row.at) <= latestStored(now).getTime() ? now.getTime() - Number(row.at) : null;
}
