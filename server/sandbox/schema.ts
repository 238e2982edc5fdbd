import { pgSchema } from 'drizzle-orm/pg-core';

/** The stand-in platforms' own tables. Nothing else reads or writes them. */
export const sandbox = pgSchema('sandbox');
