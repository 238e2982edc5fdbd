import { pgSchema } from 'drizzle-orm/pg-core';

/** The schema with all of the app's own tables. Everything else in the database belongs to other systems and is never touched. */
export const tributary = pgSchema('tributary');
