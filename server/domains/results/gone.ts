import type { publicationResults } from '@/db/schema';

/**
 * Whether a post counts as gone. A platform says so also of a post that we may not see for a while, so it is asked a second time on
 * another round: until then the row has a next reading. Pure.
 */
export const isGone = (row: Pick<typeof publicationResults.$inferSelect, 'gone' | 'nextReadAt'>): boolean =>
  row.gone && row.nextReadAt === null;
