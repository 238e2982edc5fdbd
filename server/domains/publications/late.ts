import { type SQL, sql } from 'drizzle-orm';
import { at } from '@/db/statements';
import { LATE_MS } from './policy';

/**
 * Since when a row waits without the publisher: its time, its next attempt, or when the publisher last had it in hand. What waits
 * for the lane, a retry or a platform's limit is taken again and again, so only a row that nobody came for is late.
 */
export const waitsSince: SQL = sql.raw('greatest(due_at, retry_at, claimed_until)');
/**
 * What was due before this, and that nobody had in hand since, is late. The sweep takes what is not: `claim_due` in db/functions.sql
 * says the same the other way round.
 */
export const lateBefore = (now: Date): Date => new Date(now.getTime() - LATE_MS);
/** Whether a row's time passed while nobody could send it. `due_at` is said for the index. */
export const isLate = (now: Date): SQL => {
  const before = at(lateBefore(now));
  return sql`(due_at < ${before} and ${waitsSince} < ${before})`;
};
/**
 * Rows of workspaces that may send. The few held ones are read once for the statement, so that the due rows of one of them
 * neither fill the batch nor cost more than passing over them.
 */
export const notHeld: SQL = sql.raw(
  'workspace_id not in (select id from workspaces where held_at is not null)',
);
