import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, integer, text } from 'drizzle-orm/pg-core';
import { factColumn, instant, workspaceId } from './_columns';
import { tributary } from './_schema';
import { publications } from './publishing';
import { workspaces } from './workspaces';

/**
 * How a published post does, as its platform last told, and what became of its rule (`publications.followUpRule`). A number that is not
 * known is null, never 0.
 */
export const publicationResults = tributary.table(
  'publication_results',
  {
    publicationId: text('publication_id').primaryKey(),
    workspaceId: workspaceId().references(() => workspaces.id, { onDelete: 'cascade' }),
    /** The connection that it went out on: results are read by connection. */
    connectionId: text('connection_id').notNull(),
    likes: integer('likes'),
    replies: integer('replies'),
    reposts: integer('reposts'),
    views: integer('views'),
    /** When the platform told these numbers; null while it never did. */
    readAt: instant('read_at'),
    /** When it is to be asked again; null when that is over. */
    nextReadAt: instant('next_read_at'),
    /** Of whoever reads it now, until `nextReadAt` (db/leases.ts). */
    leaseToken: text('lease_token'),
    /** When the platform did not show the post for the first time in a row; it is asked once more before it counts as gone. */
    missingSince: instant('missing_since'),
    /** The platform says that the post is not there any more. */
    gone: boolean('gone').notNull().default(false),
    /** Readings in a row that brought nothing. */
    failures: integer('failures').notNull().default(0),
    /** Why the last reading brought nothing, in words. */
    problem: factColumn('problem'),
    /** reached: the rule's number was seen in time, and what follows is to be made; completed: it is made; over: it will not be. */
    followUpState: text('follow_up_state', { enum: ['reached', 'completed', 'over'] }),
    followUpAt: instant('follow_up_at'),
    /** The number that reached it. */
    followUpCount: integer('follow_up_count'),
    /** What became of the rule, in words. */
    followUpNote: factColumn('follow_up_note'),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.publicationId],
      foreignColumns: [publications.workspaceId, publications.id],
    }).onDelete('cascade'),
    index('publication_results_due').on(t.nextReadAt).where(sql`next_read_at is not null`),
    index('publication_results_lane').on(t.connectionId, t.nextReadAt).where(sql`next_read_at is not null`),
    index('publication_results_reached').on(t.followUpAt).where(sql`follow_up_state = 'reached'`),
  ],
);
