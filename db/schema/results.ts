import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, integer, text } from 'drizzle-orm/pg-core';
import { factColumn, instant, workspaceId } from './_columns';
import { tributary } from './_schema';
import { publications } from './publishing';
import { workspaces } from './workspaces';

/**
 * How a published post performs according to its platform's last report, and the outcome of its rule (`publications.followUpRule`). An
 * unknown number is null, never 0.
 */
export const publicationResults = tributary.table(
  'publication_results',
  {
    publicationId: text('publication_id').primaryKey(),
    workspaceId: workspaceId().references(() => workspaces.id, { onDelete: 'cascade' }),
    /** The connection on which it was published; results are read per connection. */
    connectionId: text('connection_id').notNull(),
    likes: integer('likes'),
    replies: integer('replies'),
    reposts: integer('reposts'),
    views: integer('views'),
    /** When the platform reported these numbers; null if it never has. */
    readAt: instant('read_at'),
    /** When to read again; null if no further reading is due. */
    nextReadAt: instant('next_read_at'),
    /** Lease token of the current reader, valid until `nextReadAt` (db/leases.ts). */
    leaseToken: text('lease_token'),
    /**
     * When the platform first failed to show the post, in the current series of readings. The post is read once more before it counts as
     * gone.
     */
    missingSince: instant('missing_since'),
    /** The platform reports that the post no longer exists. */
    gone: boolean('gone').notNull().default(false),
    /** Consecutive readings without a result. */
    failures: integer('failures').notNull().default(0),
    /** Why the last reading had no result. */
    problem: factColumn('problem'),
    /**
     * `reached`: the rule's threshold was met in time and its follow-up must be created; `completed`: it was created; `over`: it will not
     * be created.
     */
    followUpState: text('follow_up_state', { enum: ['reached', 'completed', 'over'] }),
    followUpAt: instant('follow_up_at'),
    /** The count that met the rule. */
    followUpCount: integer('follow_up_count'),
    /** The outcome of the rule. */
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
