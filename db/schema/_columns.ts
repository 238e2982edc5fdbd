import type { SQL } from 'drizzle-orm';
import { bigint, customType, jsonb, text, timestamp } from 'drizzle-orm/pg-core';
import type { Fact } from '@/server/foundation/facts';
import { todaysZone } from '@/server/foundation/zones/time-zones';

/** An instant, with microseconds, in UTC. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
export const createdAt = () => instant('created_at').notNull().defaultNow();
/** Integer minor units of the currency in the same row. */
export const minorUnits = (name: string) => bigint(name, { mode: 'number' });
/** A time zone of the tz database. Read and written by today's name: rows may hold a name that was replaced since. */
export const zone = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  fromDriver: todaysZone,
  toDriver: todaysZone,
});
export const id = () => text('id').primaryKey();
export const workspaceId = () => text('workspace_id').notNull();

/** A fact: a message of the catalogue, stored as its name and values (server/foundation/facts.ts). */
export const factColumn = (name: string) => jsonb(name).$type<Fact>();

/**
 * What a search compares (db/search.ts), computed by the database when the row is written. `key` calls `tributary.search_key` (migration
 * 0002), which gives the same as `searchKey`.
 */
export const searchKeyColumn = (key: SQL) => text('search_key').generatedAlwaysAs(key);
