import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections } from '@/db/schema';
import { accountLimits } from '@/server/connectors/host/call';
import type { Manifest } from '@/server/connectors/kit/manifest';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { manifests } from '@/server/connectors/registry';
import { type Clock, latestStored } from '@/server/foundation/clock';
import { DAY_MS } from '@/server/foundation/durations';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { loadTarget } from './load-target';
import { withTimeLimit } from './with-time-limit';

/** How long limits count as known, in milliseconds. */
export const LIMITS_FRESH_MS = DAY_MS;
/** How long the platform may take, in milliseconds. Somebody may be waiting for a sign-in to end. */
const READ_LIMIT_MS = 10_000;
const PAGE = 100;

const withLimits = (): string[] =>
  Object.values(manifests).flatMap((manifest: Manifest) =>
    manifest.kind === 'api' && manifest.ownLimits ? [manifest.id] : [],
  );

/** Returns a page of active connections whose limits were not read for a day, after a given id, in the order of their ids. */
export async function findStaleLimits(
  at: { db: Db; clock: Clock },
  after = '',
): Promise<{ workspaceId: WorkspaceId; connectionId: string }[]> {
  const platforms = withLimits();
  if (platforms.length === 0) return [];
  const now = at.clock.now();
  const rows = await at.db.asSystem((tx) =>
    tx
      .select({ workspaceId: connections.workspaceId, connectionId: connections.id })
      .from(connections)
      .where(
        and(
          inArray(connections.platform, platforms),
          eq(connections.status, 'active'),
          gt(connections.id, after),
          or(
            isNull(connections.limitsAt),
            lt(connections.limitsAt, new Date(now.getTime() - LIMITS_FRESH_MS)),
            gt(connections.limitsAt, latestStored(now, 0)),
          ),
        ),
      )
      .orderBy(asc(connections.id))
      .limit(PAGE),
  );
  return rows.map((row) => ({ ...row, workspaceId: asWorkspaceId(row.workspaceId) }));
}

/**
 * Reads the limits of an account from its platform and stores them, if the platform has limits that differ between accounts or servers.
 * Returns false if the platform did not say; the earlier limits then stay, and a later sweep asks again. Must not be called inside a
 * transaction.
 */
export async function refreshLimits(ctx: Ctx, connectionId: string): Promise<boolean> {
  try {
    const { target } = await loadTarget(ctx, connectionId);
    if (!target.connector.hooks.limits) return true;
    const limits = await withTimeLimit(READ_LIMIT_MS, () => accountLimits(target));
    await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .update(connections)
        .set({ limits: limits ?? sql`null`, limitsAt: ctx.clock.now() })
        .where(eq(connections.id, connectionId)),
    );
    return true;
  } catch (error) {
    // Whether the connection still works is for calls that need it to find out.
    if (!isConnectorFault(error)) throw error;
    log().warn(
      {
        connection: connectionId,
        fault: error.kind,
        status: error.options.status,
        code: error.options.vendorCode,
      },
      'the limits of an account could not be read',
    );
    return false;
  }
}

/** Reads the limits of accounts that have just been connected. Never throws: the sweep asks again. */
export async function refreshNewLimits(ctx: Ctx, connectionIds: readonly string[]): Promise<void> {
  await Promise.all(
    connectionIds.map((id) =>
      refreshLimits(ctx, id).catch((error: unknown) =>
        log().error({ err: error, connection: id }, 'the limits of an account could not be read'),
      ),
    ),
  );
}
