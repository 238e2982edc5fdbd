import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { connections, rateBuckets, workspaces } from '@/db/schema';
import type { CallTarget } from '@/server/connectors/host/call';
import { adoptLimit, LONGEST_WINDOW_MS } from '@/server/connectors/host/throttle';
import type { Transport } from '@/server/connectors/host/transport';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { latestStored } from '@/server/foundation/clock';
import { notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { ConnectionRow } from '@/server/verbs/platforms';
import { heldFault } from './held';
import { clientAt } from './platform-client';
import { bucketStore, credentialStore } from './store';

export interface Loaded {
  target: CallTarget;
  lastUsedAt: Date | null;
}

let testTransport: Transport | undefined;
let testPause: ((ms: number) => Promise<void>) | undefined;
/** For tests: sends every platform's requests through this transport instead of the network, and waits with `pause`. */
export function setTransport(transport: Transport | undefined, pause?: (ms: number) => Promise<void>): void {
  testTransport = transport;
  testPause = pause;
}
export const transportInUse = (): Transport | undefined => testTransport;

/**
 * Loads a connection ready to be called, in one statement, or from `row` if the caller has just read it. Throws `reauth` if it is not
 * usable, `not_found` if it is not the workspace's, and `transient` (`held`) if the call would change something during an emergency stop. A
 * caller that passes `row` has already checked for a stop.
 */
export async function loadTarget(
  ctx: Ctx,
  connectionId: string,
  row?: ConnectionRow,
  changes = false,
): Promise<Loaded> {
  const connection = row ? { ...row, heldFor: null } : await readRow(ctx, connectionId);
  if (changes && connection.heldFor === 'emergency') throw heldFault();
  const platform = platformManifest(connection.platform).name;
  if (connection.status !== 'active' || !connection.credentials)
    throw new ConnectorFault('reauth', fact('connectors.errors.ended', { platform }));
  const connector = connectorOf(connection.platform);
  const server = connection.server || null;
  const place = { environment: connection.environment, server };
  const known = connector && (await clientAt(ctx, connector.manifest, place));
  if (!connector || !known)
    throw new ConnectorFault('rejected', fact('connections.errors.notSetUp', { platform }));
  for (const { bucket, remaining, resetsAt } of connection.buckets)
    adoptLimit(connectionId, bucket, { remaining, resetsAt });
  return {
    lastUsedAt: connection.lastUsedAt,
    target: {
      connector,
      ...known,
      environment: connection.environment,
      connectionId,
      account: { remoteId: connection.remoteId, remote: connection.remote, server },
      credentials: {
        sealed: connection.credentials,
        accessExpiresAt: connection.accessExpiresAt,
        refreshExpiresAt: connection.refreshExpiresAt,
      },
      store: credentialStore(ctx, connectionId),
      buckets: bucketStore(ctx, connectionId),
      clock: ctx.clock,
      transport: testTransport,
      pause: testPause,
    },
  };
}

async function readRow(
  ctx: Ctx,
  connectionId: string,
): Promise<ConnectionRow & { heldFor: (typeof workspaces.$inferSelect)['heldFor'] }> {
  const now = ctx.clock.now();
  const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({
        connection: connections,
        heldFor: workspaces.heldFor,
        bucket: rateBuckets.bucket,
        remaining: rateBuckets.remaining,
        resetsAt: rateBuckets.resetsAt,
      })
      .from(connections)
      .innerJoin(workspaces, eq(workspaces.id, connections.workspaceId))
      .leftJoin(
        rateBuckets,
        and(
          eq(rateBuckets.connectionId, connections.id),
          gt(rateBuckets.resetsAt, sql`${now.toISOString()}::timestamptz`),
          lte(rateBuckets.resetsAt, sql`${latestStored(now, LONGEST_WINDOW_MS).toISOString()}::timestamptz`),
        ),
      )
      .where(eq(connections.id, connectionId)),
  );
  const connection = rows[0]?.connection;
  if (!connection) throw notFound('connection');
  return {
    ...connection,
    heldFor: rows[0]?.heldFor ?? null,
    buckets: rows.flatMap(({ bucket, remaining, resetsAt }) =>
      bucket !== null && remaining !== null && resetsAt !== null ? [{ bucket, remaining, resetsAt }] : [],
    ),
  };
}
