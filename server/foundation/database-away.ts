import { causesOf } from './causes';

/**
 * The database could not be reached, or did not answer in time. That is nobody's mistake and passes: whoever asks is told to try again
 * (503 with Retry-After), and not that something went wrong on our side (500). db/away.ts finds out and marks the error; the mark goes
 * along through the causes of whatever wraps it.
 */

/** The `digest` of a marked error: Next hands it to the browser in place of the error itself, so that a page can say what happened. */
export const DATABASE_AWAY = 'DATABASE_AWAY';
/** What Retry-After says, in seconds: about as long as a database needs to start again. */
export const RETRY_AFTER_S = 5;

/** Marks an error, in place, as one of a database that is away. */
export function markDatabaseAway<T extends Error>(error: T): T {
  Object.defineProperty(error, 'digest', { value: DATABASE_AWAY, configurable: true, writable: true });
  return error;
}

/** Whether an error, or what caused it, says that the database is away. */
export const isDatabaseAway = (error: unknown): boolean =>
  causesOf(error).some((one) => (one as { digest?: unknown }).digest === DATABASE_AWAY);
