import { PgPreparedQuery } from 'drizzle-orm/pg-core/session';
import { scrubError } from '@/server/foundation/error-text';
import { markIfUnreachable } from './unreachable';

type Run = (sql: string, params: unknown[], query: () => Promise<unknown>) => Promise<unknown>;
const prototype = PgPreparedQuery.prototype as unknown as { queryWithCache: Run; quiet?: true };

/**
 * Drizzle puts the values of a failed query into the error's message, and the database repeats them in its details. They are removed here,
 * where every query of every driver passes, so that no caller can log, store or show them: Next prints errors thrown by a page, and Inngest
 * stores those thrown by a function. An unreachable database is also detected here, even in the middle of a transaction.
 */
if (!prototype.quiet) {
  const run = prototype.queryWithCache;
  prototype.quiet = true;
  prototype.queryWithCache = async function (sql, params, query) {
    try {
      return await run.call(this, sql, params, query);
    } catch (error) {
      throw markIfUnreachable(scrubError(error));
    }
  };
}
