// Written by scripts/platforms.mjs.
import type { PgTable } from 'drizzle-orm/pg-core';
import { blueskyTables } from '../bluesky/tables';
import { etsyTables } from '../etsy/tables';
import { facebookTables } from '../facebook/tables';
import { mastodonTables } from '../mastodon/tables';
import { commonTables } from '../schema';
import { stripeTables } from '../stripe/tables';

/** All tables of the sandbox. */
export const sandboxTables: readonly PgTable[] = [
  ...commonTables,
  ...facebookTables,
  ...etsyTables,
  ...blueskyTables,
  ...mastodonTables,
  ...stripeTables,
];
