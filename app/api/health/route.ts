import { sql } from 'drizzle-orm';
import { getDb } from '@/db/client';
import { heartbeatAge } from '@/inngest/embedded/heartbeat';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { log } from '@/server/foundation/log';

export const dynamic = 'force-dynamic';

const LIMIT = 15_000;

/** 200 only when the database is open and migrated and the background work is alive. */
export async function GET(): Promise<Response> {
  try {
    const external = env().externalInngest;
    // Reading the table shows that the database is open and migrated.
    const age = await heartbeatAge(await getDb(), systemClock);
    const alive = external || (age !== null && age < LIMIT);
    return answer(alive, 'open', external ? 'external' : alive ? 'alive' : 'not running');
  } catch (error) {
    log().warn({ err: error }, 'not healthy');
    return answer(false, (await isOpen()) ? 'not migrated' : 'not reachable', 'unknown');
  }
}

/** Whether the database answers at all. */
const isOpen = (): Promise<boolean> =>
  getDb()
    .then((db) => db.raw.execute(sql`select 1`))
    .then(
      () => true,
      () => false,
    );

function answer(ok: boolean, database: string, runner: string): Response {
  return Response.json(
    { status: ok ? 'ok' : 'unavailable', database, runner },
    { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
}
