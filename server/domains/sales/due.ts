import { and, asc, eq, gt, inArray, lte, or, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Db } from '@/db/client';
import { connections, generations, listings, priceChanges, priceRules, workspaces } from '@/db/schema';
import { PLATFORM_IDS } from '@/server/connectors/kit/manifest';
import type { Clock } from '@/server/foundation/clock';
import { LISTING_LEASE_MS } from '../listings/perform-listing';
import { canSell } from './queries';

/** Rows of one answer: they are read in parts. */
const PAGE = 200;

/** Gates for the background functions: which rows of any workspace have something to do. They answer ids and nothing else. */

/** Active connections to platforms that report sales, after a given one. */
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

/** Workspaces with an active price rule, after a given one. */
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

/** Workspaces that have used a language model which costs something, after a given one. */
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

/** The row's workspace, unless an emergency stop holds it. */
const goesOn = (workspaceId: AnyPgColumn) =>
  and(eq(workspaces.id, workspaceId), sql`${workspaces.heldFor} is distinct from 'emergency'`);

/** Listings and price changes that wait since a while, or whose run has died. Of workspaces that are not stopped. */
export async function stuckWork(
  db: Db,
  clock: Clock,
): Promise<{
  listings: { workspaceId: string; listingId: string }[];
  priceChanges: { workspaceId: string; priceChangeId: string }[];
}> {
  const now = clock.now().getTime();
  const waiting = new Date(now - 60_000);
  const dead = new Date(now - LISTING_LEASE_MS);
  return db.asSystem(async (tx) => ({
    listings: await tx
      .select({ workspaceId: listings.workspaceId, listingId: listings.id })
      .from(listings)
      .innerJoin(workspaces, goesOn(listings.workspaceId))
      .where(
        or(
          and(inArray(listings.state, ['pending', 'delisting']), lte(listings.updatedAt, waiting)),
          and(eq(listings.state, 'listing'), lte(listings.updatedAt, dead)),
        ),
      )
      .limit(500),
    priceChanges: await tx
      .select({ workspaceId: priceChanges.workspaceId, priceChangeId: priceChanges.id })
      .from(priceChanges)
      .innerJoin(workspaces, goesOn(priceChanges.workspaceId))
      .where(and(inArray(priceChanges.state, ['pending', 'unknown']), lte(priceChanges.createdAt, waiting)))
      .limit(500),
  }));
}
