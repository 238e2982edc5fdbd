import { type SQL, sql } from 'drizzle-orm';
import { at } from '@/db/statements';
import { LATE_MS } from './policy';

/**
 * Since when a row has waited unattended: its due time, its next attempt, or the end of its last claim, whichever is latest. A row that
 * waits for its lane, a retry or a platform's limit is claimed again and again, so only an unattended one becomes late.
 */
export const waitsSince: SQL = sql.raw('greatest(due_at, retry_at, claimed_until)');
/**
 * A row that was due before this, and that no process has attended to since, is late. The sweep claims the others: `claim_due` in
 * db/functions.sql has the inverse condition.
 */
export const lateBefore = (now: Date): Date => new Date(now.getTime() - LATE_MS);
/** Whether a row's time passed while no process could send it. The condition on `due_at` is there for the index. */
export const isLate = (now: Date): SQL => {
  const before = at(lateBefore(now));
  return sql`(due_at < ${before} and ${waitsSince} < ${before})`;
};
/**
 * Restricts rows to workspaces that may post. The few held workspaces are read once per statement, so that the due rows of a held one
 * neither fill the batch nor cost more than skipping them.
 */
export const notHeld: SQL = sql.raw(
  'workspace_id not in (select id from workspaces where held_at is not null)',
);
