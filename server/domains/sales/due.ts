import { and, asc, eq, gt, inArray, lte, or, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Db } from '@/db/client';
import { isFree } from '@/db/leases';
import {
  connections,
  generations,
  LISTING_LISTS,
  listings,
  PRICE_CHANGE_LISTS,
  priceChanges,
  priceRules,
  workspaces,
} from '@/db/schema';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { type Clock, latestStored } from '@/server/foundation/clock';
import { LISTING_GRACE_MS, LISTING_LEASE } from '../listings/perform-listing';
import { canSell } from './queries';

/** Rows per page. */
const PAGE = 200;

/** The queries below find rows in any workspace with pending work for the background functions. They return only ids. */

/** Returns active connections to platforms that report sales, after the given id. */
export async function connectionsToSync(
  db: Db,
  after = '',
): Promise<{ workspaceId: string; connectionId: string }[]> {
  return db.asSystem((tx) =>
    tx
      .select({ workspaceId: connections.workspaceId, connectionId: connections.id })
      .from(connections)
      .where(
        and(
          eq(connections.status, 'active'),
          inArray(connections.platform, PLATFORM_IDS.filter(canSell)),
          gt(connections.id, after),
        ),
      )
      .orderBy(asc(connections.id))
      .limit(PAGE),
  );
}

/** Returns workspaces with an active price rule, after the given id. */
export async function workspacesWithRules(db: Db, after = ''): Promise<string[]> {
  const rows = await db.asSystem((tx) =>
    tx
      .selectDistinct({ id: priceRules.workspaceId })
      .from(priceRules)
      .where(and(eq(priceRules.active, true), gt(priceRules.workspaceId, after)))
      .orderBy(asc(priceRules.workspaceId))
      .limit(PAGE),
  );
  return rows.map((row) => row.id);
}

/** Returns workspaces with costs of a language model, after the given id. */
export async function workspacesWithAiCosts(db: Db, after = ''): Promise<string[]> {
  const rows = await db.asSystem((tx) =>
    tx
      .selectDistinct({ id: generations.workspaceId })
      .from(generations)
      .where(and(gt(generations.costMicros, 0), gt(generations.workspaceId, after)))
      .orderBy(asc(generations.workspaceId))
      .limit(PAGE),
  );
  return rows.map((row) => row.id);
}

/** Matches the row's workspace unless an emergency stop holds it. */
const goesOn = (workspaceId: AnyPgColumn) =>
  and(eq(workspaces.id, workspaceId), sql`${workspaces.heldFor} is distinct from 'emergency'`);

/** A listing or price change whose event was lost is requested again after this time. */
const STUCK_AFTER_MS = 60_000;
/** Whether a stored time is not after this one, or so late that the clock must have been ahead. */
const isOutside = (column: AnyPgColumn, before: Date, clock: Clock) =>
  or(lte(column, before), gt(column, latestStored(clock.now())));

/**
 * Returns listings that have waited for a while or whose run has crashed, after the given id. Excludes workspaces under an emergency stop.
 */
export async function stuckListings(
  db: Db,
  clock: Clock,
  after = '',
): Promise<{ workspaceId: string; listingId: string }[]> {
  const now = clock.now().getTime();
  const waiting = new Date(now - STUCK_AFTER_MS);
  return db.asSystem((tx) =>
    tx
      .select({ workspaceId: listings.workspaceId, listingId: listings.id })
      .from(listings)
      .innerJoin(workspaces, goesOn(listings.workspaceId))
      .where(
        and(
          gt(listings.id, after),
          or(
            and(inArray(listings.state, LISTING_LISTS.asked), isOutside(listings.updatedAt, waiting, clock)),
            and(
              eq(listings.state, 'listing'),
              isFree(LISTING_LEASE, clock.now(), { graceMs: LISTING_GRACE_MS }),
            ),
          ),
        ),
      )
      .orderBy(asc(listings.id))
      .limit(PAGE),
  );
}

/** Returns price changes that have waited for a while, after the given id. Excludes workspaces under an emergency stop. */
export async function stuckPriceChanges(
  db: Db,
  clock: Clock,
  after = '',
): Promise<{ workspaceId: string; priceChangeId: string }[]> {
  return db.asSystem((tx) =>
    tx
      .select({ workspaceId: priceChanges.workspaceId, priceChangeId: priceChanges.id })
      .from(priceChanges)
      .innerJoin(workspaces, goesOn(priceChanges.workspaceId))
      .where(
        and(
          gt(priceChanges.id, after),
          inArray(priceChanges.state, PRICE_CHANGE_LISTS.unfinished),
          isOutside(priceChanges.createdAt, new Date(clock.now().getTime() - STUCK_AFTER_MS), clock),
        ),
      )
      .orderBy(asc(priceChanges.id))
      .limit(PAGE),
  );
}
