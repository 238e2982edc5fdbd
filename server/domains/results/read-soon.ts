import { type SQL, sql } from 'drizzle-orm';
import { isFree } from '@/db/leases';
import { at, json, rowsOf } from '@/db/statements';
import type { Ctx } from '@/server/verbs/context';
import { RESULTS_LEASE } from './read-results';

/** Shortest time between two readings of a post, in milliseconds, however often its platform reports a change. */
const AGAIN_AFTER_MS = 2 * 60_000;

/**
 * Lets the results of posts be read soon, because the platform reported a change: also of posts that are no longer followed, which may be
 * gone. Posts that nobody here published are left out. Returns false if one is being read just now, perhaps as it was before the change.
 */
export async function readSoon(
  ctx: Ctx,
  connectionId: string,
  remoteIds: readonly string[],
): Promise<boolean> {
  const now = ctx.clock.now();
  const ours: SQL = sql`p.id = r.publication_id and r.workspace_id = ${ctx.workspaceId} and r.connection_id = ${connectionId}
    and p.connection_id = ${connectionId} and p.remote_id in (select jsonb_array_elements_text(${json([...remoteIds])}))
    and not r.gone`;
  const free = sql`(r.lease_token is null or ${isFree(RESULTS_LEASE, now, { alias: 'r' })})`;
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await rowsOf(
      tx,
      sql`
        update publication_results r
        set next_read_at = greatest(${at(now)}, case when r.read_at <= ${at(now)} then r.read_at + ${AGAIN_AFTER_MS} * interval '1 millisecond' end)
        from publications p
        where ${ours} and ${free} and (r.next_read_at is null or r.next_read_at > ${at(now)})`,
    );
    const [busy] = await rowsOf(
      tx,
      sql`select 1 as one from publication_results r join publications p on ${ours} where not ${free} limit 1`,
    );
    return busy === undefined;
  });
}
