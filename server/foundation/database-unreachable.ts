import { causesOf } from './causes';

/**
 * Marks errors of a database that could not be reached or did not respond in time. This is temporary and nobody's mistake, so clients are
 * told to retry (503 with Retry-After) instead of getting an internal error (500). db/unreachable.ts detects it and marks the error; the marker is
 * also found among the causes of an error that wraps it.
 */

/** The `digest` of a marked error. Next sends it to the browser instead of the error itself, so that a page can report what happened. */
export const DATABASE_UNREACHABLE = 'DATABASE_UNREACHABLE';
/** Value of Retry-After, in seconds: about as long as a database takes to restart. */
export const RETRY_AFTER_S = 5;

/** Marks an error, in place, as caused by an unreachable database. */
export function markDatabaseUnreachable<T extends Error>(error: T): T {
  Object.defineProperty(error, 'digest', { value: DATABASE_UNREACHABLE, configurable: true, writable: true });
  return error;
}

/** Whether an error, or one of its causes, is marked as caused by an unreachable database. */
export const isDatabaseUnreachable = (error: unknown): boolean =>
  causesOf(error).some((one) => (one as { digest?: unknown }).digest === DATABASE_UNREACHABLE);
