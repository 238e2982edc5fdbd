import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { connections, grants, rateBuckets, workspaces } from '@/db/schema';
import type { CallTarget, RenewalTarget, UnconnectedTarget } from '@/server/connectors/host/call';
import { adoptLimit, LONGEST_WINDOW_MS } from '@/server/connectors/host/throttle';
import type { Transport } from '@/server/connectors/host/transport';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { latestStored } from '@/server/foundation/clock';
import { notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { ConnectionRow } from '@/server/verbs/platforms';
import { grantCredentials, ownCredentials } from './credentials';
import { heldFault } from './held';
import { clientAt } from './platform-client';
import { accountStore, bucketStore, grantStore } from './store';

export interface Loaded {
  target: CallTarget;
  lastUsedAt: Date | null;
  /** The scopes that were granted; empty if they are not known. */
  granted: readonly string[];
}

let testTransport: Transport | undefined;
let testPause: ((ms: number) => Promise<void>) | undefined;
/** For tests: sends every platform's requests through this transport instead of the network, and waits with `pause`. */
export function setTransport(transport: Transport | undefined, pause?: (ms: number) => Promise<void>): void {
  testTransport = transport;
  testPause = pause;
}
export const transportInUse = (): Transport | undefined => testTransport;

interface LoadOptions {
  /** The connection, if the caller has just read it and checked for a stop. */
  row?: ConnectionRow | undefined;
  /** Whether the call changes something at the platform. */
  changes?: boolean;
  /** Also one that the platform refused, to see whether it still does. */
  broken?: boolean;
}

/**
 * Loads a connection ready to be called, in one statement, or from `row` if the caller has just read it. Throws `reauth` if it is not
 * usable, `not_found` if it is not the workspace's, and `transient` (`held`) if the call would change something during an emergency stop.
 */
export async function loadTarget(
  ctx: Ctx,
  connectionId: string,
  { row, changes = false, broken = false }: LoadOptions = {},
): Promise<Loaded> {
  const connection = row ? { ...row, heldFor: null } : await readRow(ctx, connectionId);
  if (changes && connection.heldFor === 'emergency') throw heldFault();
  const usable = connection.status === 'active' || (broken && connection.status === 'needs_reconnect');
  const access = usable ? accessOf(ctx, connection) : null;
  if (!access) throw ended(connection.platform);
  const { server, ...parts } = await partsFor(ctx, connection);
  for (const { bucket, remaining, resetsAt } of connection.buckets)
    adoptLimit(connectionId, bucket, { remaining, resetsAt });
  return {
    lastUsedAt: connection.lastUsedAt,
    granted: connection.grant?.scopes ?? [],
    target: {
      ...parts,
      ...access,
      connectionId,
      account: { remoteId: connection.remoteId, remote: connection.remote, server },
      buckets: bucketStore(ctx, connectionId),
      pause: testPause,
    },
  };
}

/** The token that a connection uses, its own or its grant's, and its storage. Null if it has none that is usable. */
function accessOf(ctx: Ctx, connection: ConnectionRow): Pick<CallTarget, 'credentials' | 'store'> | null {
  const own = ownCredentials(connection);
  if (own) return { credentials: own, store: accountStore(ctx, connection.id) };
  const { grant } = connection;
  const shared = grant && grantCredentials(grant);
  return shared ? { credentials: shared, store: grantStore(ctx, grant.id) } : null;
}

/**
 * Loads a grant ready to be renewed. Throws `reauth` if it has no usable credentials, and `rejected` if the platform is no longer set up.
 */
export async function loadGrant(ctx: Ctx, grantId: string): Promise<RenewalTarget> {
  const [grant] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx.select().from(grants).where(eq(grants.id, grantId)),
  );
  if (!grant) throw notFound('connection');
  const credentials = grantCredentials(grant);
  if (!credentials) throw ended(grant.platform);
  return {
    ...(await partsFor(ctx, grant)),
    credentials,
    store: grantStore(ctx, grant.id),
  };
}

const ended = (platform: string) =>
  new ConnectorFault(
    'reauth',
    fact('connectors.errors.ended', { platform: platformManifest(platform).name }),
  );

async function partsFor(
  ctx: Ctx,
  at: Pick<typeof grants.$inferSelect, 'platform' | 'environment' | 'server'>,
): Promise<UnconnectedTarget> {
  const connector = await connectorOf(at.platform);
  const place = { environment: at.environment, server: at.server || null };
  const known = connector && (await clientAt(ctx, connector.manifest, place));
  if (!connector || !known)
    throw new ConnectorFault(
      'rejected',
      fact('connections.errors.notSetUp', { platform: platformManifest(at.platform).name }),
    );
  return { connector, ...known, ...place, clock: ctx.clock, transport: testTransport };
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
        grant: grants,
        heldFor: workspaces.heldFor,
        bucket: rateBuckets.bucket,
        remaining: rateBuckets.remaining,
        resetsAt: rateBuckets.resetsAt,
      })
      .from(connections)
      .innerJoin(workspaces, eq(workspaces.id, connections.workspaceId))
      .leftJoin(grants, eq(grants.id, connections.grantId))
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
    grant: rows[0]?.grant ?? null,
    heldFor: rows[0]?.heldFor ?? null,
    buckets: rows.flatMap(({ bucket, remaining, resetsAt }) =>
      bucket !== null && remaining !== null && resetsAt !== null ? [{ bucket, remaining, resetsAt }] : [],
    ),
  };
}
