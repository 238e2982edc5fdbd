import { PgPreparedQuery } from 'drizzle-orm/pg-core/session';
import { scrubError } from '@/server/foundation/error-text';
import { noticeAway } from './away';

type Run = (sql: string, params: unknown[], query: () => Promise<unknown>) => Promise<unknown>;
const prototype = PgPreparedQuery.prototype as unknown as { queryWithCache: Run; quiet?: true };

/**
 * Drizzle writes the values of a failed query into its error's message, and the database repeats them in its details. They are taken out here,
 * where every query of every driver passes, so that nothing further out can log, store or show them: Next prints what a page throws, and
 * Inngest keeps what a function throws. It is also where a database that is away is noticed, in the middle of a transaction too.
 */
if (!prototype.quiet) {
  const run = prototype.queryWithCache;
  prototype.quiet = true;
  prototype.queryWithCache = async function (sql, params, query) {
    try {
      return await run.call(this, sql, params, query);
    } catch (error) {
      throw noticeAway(scrubError(error));
    }
  };
}
