import { type SQL, sql } from 'drizzle-orm';
import { LATE_MS, QUEUE_LEASE_MS } from './policy';
import { at } from './sql-rows';

/**
 * Since when a row waits without the publisher: its time, its next try, or when the publisher last had it in hand. What waits
 * for the line, a retry or a platform's limit is taken again and again, so only a row that nobody came for is late.
 */
export const waitsSince: SQL = sql.raw('greatest(due_at, retry_at, claimed_until)');
/** Whether a row's time passed while nobody could send it. `due_at` is said for the index. */
export const isLate = (now: Date): SQL => {
  const before = at(new Date(now.getTime() - LATE_MS));
  return sql`(due_at < ${before} and ${waitsSince} < ${before})`;
};
/** Rows whose time comes before `horizon` or came just now, and that wait for no later try. */
export const isOnTime = (now: Date, horizon: Date): SQL => {
  const [from, to] = [at(new Date(now.getTime() - LATE_MS)), at(horizon)];
  return sql`(due_at >= ${from} and due_at <= ${to} and (retry_at is null or retry_at <= ${to}))`;
};
/**
 * Rows whose time is longer past, and that the publisher had in hand or put off since, so that they are not late. Said as the
 * index `publications_again` has it: what nobody came for, such as all that is overdue in a held workspace, is not in it.
 */
export const isWaitingAgain = (now: Date, horizon: Date): SQL => {
  const from = at(new Date(now.getTime() - LATE_MS));
  // No lease of a row that was due before the horizon ends later.
  const to = at(new Date(horizon.getTime() + QUEUE_LEASE_MS));
  return sql`((retry_at is not null or claimed_until is not null) and ${waitsSince} >= ${from} and ${waitsSince} <= ${to}
    and due_at < ${from} and (retry_at is null or retry_at <= ${at(horizon)}))`;
};
/**
 * Rows of workspaces that may send. The few held ones are read once for the statement, so that the due rows of one of them
 * neither fill the batch nor cost more than passing over them.
 */
export const notHeld: SQL = sql.raw(
  'workspace_id not in (select id from workspaces where held_at is not null)',
);
