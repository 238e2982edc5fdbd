import { jsonb, text } from 'drizzle-orm/pg-core';
import { at, sandbox } from '../schema';

/** What an app wants to be told about, by kind of object: where, and of which fields. */
export const facebookSubscriptions = sandbox.table('facebook_subscriptions', {
  object: text('object').primaryKey(),
  callbackUrl: text('callback_url').notNull(),
  fields: jsonb('fields').$type<string[]>().notNull(),
  createdAt: at('created_at').notNull(),
});

export const facebookTables = [facebookSubscriptions];
