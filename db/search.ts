import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/**
 * Returns a condition on a stored search key (`searchKeyColumn`), or on a text from `tributary.search_key`: that it contains the term,
 * compared as by `searchKey`. The database makes the term's key, too, because it may know another version of Unicode than Node.js. No row's
 * text is processed, and the condition depends on no collation and no extension.
 */
export function containsTerm(term: string): (key: SQLWrapper) => SQL {
  return (key) => sql`strpos(${key}, (select tributary.search_key(${term}))) > 0`;
}
