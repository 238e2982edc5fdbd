import { AsyncLocalStorage } from 'node:async_hooks';
import { logBounded } from './bounded-log';
import { causesOf } from './causes';

/** What is known of one request while it is answered. */
export interface RequestOutage {
  /** Whether the database was away when this request asked it something. */
  databaseAway: boolean;
}

// One for the process: the start file and the routes are bundled apart.
const shared = globalThis as typeof globalThis & {
  __tributaryRequestOutage?: AsyncLocalStorage<RequestOutage>;
};
function current(): AsyncLocalStorage<RequestOutage> {
  shared.__tributaryRequestOutage ??= new AsyncLocalStorage();
  return shared.__tributaryRequestOutage;
}

/** Runs what answers a request. Whatever it asks of the database, now and later, is told to `outage`. */
export const whileAnswering = <T>(outage: RequestOutage, work: () => T): T => current().run(outage, work);

/** The database is away: the request that asked it hears of it, and for a new error the log, once in a while. */
export function noteDatabaseAway(error?: Error): void {
  const outage = current().getStore();
  if (outage) outage.databaseAway = true;
  if (error) logBounded('warn', { reason: reasonOf(error) }, 'the database cannot be reached');
}

/** What the innermost error says. Messages of drivers about connections name no values of rows. */
function reasonOf(error: Error): string {
  const inner = causesOf(error).findLast((one) => one instanceof Error) ?? error;
  const { code, message } = inner as Error & { code?: unknown };
  return typeof code === 'string' ? `${code}: ${message}` : message;
}
