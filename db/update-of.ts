import { getTableName } from 'drizzle-orm';
import { alias, type PgTable } from 'drizzle-orm/pg-core';

/**
 * Arguments that lock only the rows of one joined table for update: `.for(...updateOf(listings))`. PostgreSQL requires the table's name
 * without the schema there, which Drizzle writes only for an alias.
 */
export const updateOf = (table: PgTable) => ['update', { of: alias(table, getTableName(table)) }] as const;
