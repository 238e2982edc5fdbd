import { jsonb, text } from 'drizzle-orm/pg-core';
import { sandbox } from '../schema';

/** What differs on one server from Mastodon as it is delivered. */
export const mastodonServers = sandbox.table('mastodon_servers', {
  realm: text('realm').primaryKey(),
  /** Limits that the server keeps to and reports. */
  limits: jsonb('limits').$type<Record<string, unknown>>().notNull(),
  /** What it reports besides, although it does not keep to it. */
  reported: jsonb('reported').$type<Record<string, unknown>>().notNull(),
});

export const mastodonTables = [mastodonServers];
