import { AsyncLocalStorage } from 'node:async_hooks';
import { logBounded } from './bounded-log';
import { causesOf } from './causes';

/** State of a request while it is being answered. */
export interface RequestOutage {
  /** Whether the database was unreachable when this request queried it. */
  databaseUnreachable: boolean;
}

// One per process: the start file and the routes are bundled separately.
const shared = globalThis as typeof globalThis & {
  __tributaryRequestOutage?: AsyncLocalStorage<RequestOutage>;
};
function current(): AsyncLocalStorage<RequestOutage> {
  shared.__tributaryRequestOutage ??= new AsyncLocalStorage();
  return shared.__tributaryRequestOutage;
}

/** Runs the code that answers a request. Outages during its queries, now and later, are recorded in `outage`. */
export const whileAnswering = <T>(outage: RequestOutage, work: () => T): T => current().run(outage, work);

/** Records for the current request that the database is unreachable. A new error is also logged, at a bounded rate. */
export function noteDatabaseUnreachable(error?: Error): void {
  const outage = current().getStore();
  if (outage) outage.databaseUnreachable = true;
  if (error) logBounded('warn', { reason: reasonOf(error) }, 'the database cannot be reached');
}

/** Returns the code and message of the innermost error. Drivers' messages about connections contain no values of rows. */
function reasonOf(error: Error): string {
  const inner = causesOf(error).findLast((one) => one instanceof Error) ?? error;
  const { code, message } = inner as Error & { code?: unknown };
  return typeof code === 'string' ? `${code}: ${message}` : message;
}
