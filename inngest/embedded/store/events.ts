import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { latestStored } from '@/server/foundation/clock';
import { instant, type Store, texts, write } from './base';

export interface IncomingEvent {
  id?: string | undefined;
  name: string;
  data?: unknown;
  ts?: number;
  [key: string]: unknown;
}

const DAY = 86_400_000;

/**
 * Stores events in one statement and returns their ids. An id that already arrived within the last 24 hours changes nothing. `seed`
 * generates the ids of events without one, so that repeated delivery of a request is harmless too.
 */
export async function insertEvents(
  store: Store,
  events: readonly IncomingEvent[],
  now: Date,
  seed: string = randomBytes(16).toString('hex'),
): Promise<string[]> {
  const ids = events.map((e, i) => e.id || createHash('sha1').update(`${seed}:${i}`).digest('hex'));
  const byId = new Map<string, IncomingEvent>();
  events.forEach((event, i) => {
    const id = ids[i] ?? '';
    if (!byId.has(id)) byId.set(id, { ...event, id, ts: event.ts ?? now.getTime(), data: event.data ?? {} });
  });
  const unique = [...byId.values()];
  await write(
    store,
    store.db.raw,
    'events: insert',
    sql`insert into tributary_runner.events as e (id, name, payload, received_at)
      select x.id, x.name, x.payload, ${instant(now)}
      from unnest(${texts([...byId.keys()])}, ${texts(unique.map((e) => e.name))}, ${texts(unique.map((e) => JSON.stringify(e)))})
        with ordinality as x(id, name, payload, n) order by x.n
      on conflict (id) do update
        set name = excluded.name, payload = excluded.payload, received_at = excluded.received_at, seq = default, fanned_out_at = null
        where e.received_at < ${instant(new Date(now.getTime() - DAY))} or e.received_at > ${instant(latestStored(now))}`,
  );
  return ids;
}
