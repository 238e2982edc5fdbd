import { pgSchema } from 'drizzle-orm/pg-core';

/** Everything of the app's own. What else is in the database is another system's and never touched. */
export const tributary = pgSchema('tributary');
