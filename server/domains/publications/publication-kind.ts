import { like, or, type SQL, sql } from 'drizzle-orm';
import { type PUBLICATION_KINDS, publications } from '@/db/schema';

export type PublicationKind = (typeof PUBLICATION_KINDS)[number];

/** Whether a publication is a part of a thread or a first comment: its id is its post's with the number of the part (db/parts.sql). */
export const isPart = (publicationId: string): boolean => /-\d\d$/.test(publicationId);

/** The key of what follows a post that does well: one row for ever. */
export const boostKey = (publicationId: string): string => `boost:${publicationId}`;
export const isBoost = (row: Pick<typeof publications.$inferSelect, 'requestKey'>): boolean =>
  row.requestKey.startsWith('boost:');

/**
 * What has a time and a decision of its own: posts, and what follows a post that does well. The parts of a thread and a first comment go
 * with their post.
 */
export const hasOwnPlace = (): SQL =>
  or(sql`${publications.kind} = 'post'`, like(publications.requestKey, 'boost:%')) ?? sql`false`;
