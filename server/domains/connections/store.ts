import { and, eq } from 'drizzle-orm';
import { isFree, isOurs, type LeaseKind, newLeaseToken } from '@/db/leases';
import { connections, rateBuckets } from '@/db/schema';
import { type CredentialStore, LEASE_MS } from '@/server/connectors/host/access';
import type { BucketStore } from '@/server/connectors/host/throttle';
import type { Ctx } from '@/server/verbs/context';
import { resolveAlert } from '../alerts/resolve-alert';
import { renewalAlertKey } from './alert-keys';

type Base = Pick<Ctx, 'db' | 'clock' | 'workspaceId'>;

/**
 * The lease of the process that uses a connection's refresh token. It is not renewed (server/connectors/host/access.ts explains why and how
 * long it lasts). The platform's response is stored as long as the credentials are unchanged, even if the lease is lost, because only the
 * new token works from then on.
 */
export const REFRESH_LEASE: LeaseKind = {
  name: 'refresh',
  id: connections.id,
  token: connections.refreshLeaseToken,
  until: connections.refreshLeaseUntil,
  longest: LEASE_MS,
};

/** Database-backed store of one connection's credentials for the host. Each step is one short transaction. */
export function credentialStore(ctx: Base, connectionId: string): CredentialStore {
  const own = eq(connections.id, connectionId);
  /** Token of the lease that this store acquired. */
  let token: string | null = null;
  return {
    read: () =>
      ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        const [row] = await tx
          .select({
            status: connections.status,
            sealed: connections.credentials,
            accessExpiresAt: connections.accessExpiresAt,
            refreshExpiresAt: connections.refreshExpiresAt,
          })
          .from(connections)
          .where(own);
        // A connection that its platform refused has credentials but is unusable, so there is no point in waiting for them.
        if (row?.status !== 'active' || !row.sealed) return null;
        const { sealed, accessExpiresAt, refreshExpiresAt } = row;
        return { sealed, accessExpiresAt, refreshExpiresAt };
      }),
    lease: (sealed, until) =>
      ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        const taking = newLeaseToken();
        const taken = await tx
          .update(connections)
          .set({ refreshLeaseToken: taking, refreshLeaseUntil: until })
          .where(
            and(
              own,
              // If it was marked meanwhile, its refresh token was already refused and must not be used again.
              eq(connections.status, 'active'),
              eq(connections.credentials, sealed),
              isFree(REFRESH_LEASE, ctx.clock.now()),
            ),
          )
          .returning({ id: connections.id });
        if (taken.length === 1) token = taking;
        return taken.length === 1;
      }),
    save: (replaced, next, tokens) =>
      ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        const [before] = await tx.select({ tries: connections.renewTries }).from(connections).where(own);
        await tx
          .update(connections)
          .set({
            credentials: next.sealed,
            accessExpiresAt: next.accessExpiresAt,
            refreshExpiresAt: next.refreshExpiresAt,
            scopes: tokens.scopes,
            refreshLeaseToken: null,
            refreshLeaseUntil: null,
            renewTries: 0,
            renewAfter: null,
          })
          .where(and(own, eq(connections.credentials, replaced)));
        if (before && before.tries > 0) await resolveAlert(tx, ctx, renewalAlertKey(connectionId));
      }),
    release: (sealed) =>
      ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        await tx
          .update(connections)
          .set({ refreshLeaseToken: null, refreshLeaseUntil: null })
          .where(and(own, eq(connections.credentials, sealed), isOurs(REFRESH_LEASE, token ?? '')));
      }),
  };
}

export function bucketStore(ctx: Base, connectionId: string): BucketStore {
  return {
    low: (bucket, state) =>
      ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        await tx
          .insert(rateBuckets)
          .values({ workspaceId: ctx.workspaceId, connectionId, bucket, ...state })
          .onConflictDoUpdate({ target: [rateBuckets.connectionId, rateBuckets.bucket], set: state });
      }),
  };
}
