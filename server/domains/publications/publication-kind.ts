import { like, or, type SQL, sql } from 'drizzle-orm';
import { type PUBLICATION_KINDS, publications } from '@/db/schema';

export type PublicationKind = (typeof PUBLICATION_KINDS)[number];

/**
 * Whether a publication is a part of a thread or a first comment. Its id is that of its post with the number of the part (db/parts.sql).
 */
export const isPart = (publicationId: string): boolean => /-\d\d$/.test(publicationId);

/** Request key of the follow-up of a post. There is at most one, ever. */
export const followUpKey = (publicationId: string): string => `follow-up:${publicationId}`;
export const isFollowUp = (row: Pick<typeof publications.$inferSelect, 'requestKey'>): boolean =>
  row.requestKey.startsWith('follow-up:');

/**
 * Publications with a time and a decision of their own: posts and their follow-ups. The parts of a thread and a first comment go with their
 * post.
 */
export const hasOwnSlot = (): SQL =>
  or(sql`${publications.kind} = 'post'`, like(publications.requestKey, 'follow-up:%')) ?? sql`false`;
