import { pgSchema } from 'drizzle-orm/pg-core';

/** The embedded runner's own queue and state. Losing it loses no work: the domain rows are the authority. */
export const runner = pgSchema('runner');
