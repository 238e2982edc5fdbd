import { jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, sandbox } from '../schema';

/** The records of all repositories. Posts are also in the common table, for the public pages. */
export const records = sandbox.table(
  'bluesky_records',
  {
    did: text('did').notNull(),
    collection: text('collection').notNull(),
    rkey: text('rkey').notNull(),
    cid: text('cid').notNull(),
    value: jsonb('value').$type<Record<string, unknown>>().notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.did, t.collection, t.rkey] })],
);
export const blueskyTables = [records];
