import { getTableName } from 'drizzle-orm';
import { alias, type PgTable } from 'drizzle-orm/pg-core';

/**
 * The strength `update` and one of the joined tables, whose rows alone are locked: `.for(...updateOf(listings))`. PostgreSQL wants its
 * name without the schema there, and Drizzle writes it so only for an alias.
 */
export const updateOf = (table: PgTable) => ['update', { of: alias(table, getTableName(table)) }] as const;
