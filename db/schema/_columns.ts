import { bigint, jsonb, text, timestamp } from 'drizzle-orm/pg-core';
import type { Fact } from '@/server/foundation/facts';

/** An instant, with microseconds, in UTC. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
export const createdAt = () => instant('created_at').notNull().defaultNow();
/** Integer minor units of the currency in the same row. */
export const minorUnits = (name: string) => bigint(name, { mode: 'number' });
export const id = () => text('id').primaryKey();
export const workspaceId = () => text('workspace_id').notNull();

/** A fact: a message of the catalogue, stored as its name and values (server/foundation/facts.ts). */
export const factColumn = (name: string) => jsonb(name).$type<Fact>();
