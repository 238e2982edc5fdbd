import { and, eq, isNull } from 'drizzle-orm';
import { isFree, isOurs, type LeaseKind, newLeaseToken } from '@/db/leases';
import { connections, grants, rateBuckets } from '@/db/schema';
import { type CredentialStore, LEASE_MS } from '@/server/connectors/host/access';
import type { BucketStore } from '@/server/connectors/host/throttle';
import { grantContext, sealTokens } from '@/server/connectors/host/tokens';
import type { Ctx } from '@/server/verbs/context';
import { resolveAlert } from '../alerts/resolve-alert';
import { renewalAlertKey } from './alert-keys';
import { grantCredentials, ownCredentials } from './credentials';

type Base = Pick<Ctx, 'db' | 'clock' | 'workspaceId'>;

/**
 * The lease of the process that uses a grant's refresh token. It is not renewed (server/connectors/host/access.ts explains why and how
 * long it lasts). The platform's response is stored as long as the credentials are unchanged, even if the lease is lost, because only the
 * new token works from then on.
 */
export const REFRESH_LEASE: LeaseKind = {
  name: 'refresh',
  id: grants.id,
  token: grants.refreshLeaseToken,
  until: grants.refreshLeaseUntil,
  longest: LEASE_MS,
};

/** Database-backed store of a grant's credentials for the host. Each step is one short transaction. */
export function grantStore(ctx: Base, grantId: string): CredentialStore {
  const own = eq(grants.id, grantId);
  /** Token of the lease that this store acquired. */
  let token: string | null = null;
  return {
    read: () =>
      ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        const [row] = await tx.select().from(grants).where(own);
        return row ? grantCredentials(row) : null;
      }),
    renewal: {
      lease: (sealed, until) =>
        ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
          const taking = newLeaseToken();
          const taken = await tx
            .update(grants)
            .set({ refreshLeaseToken: taking, refreshLeaseUntil: until })
            .where(
              and(
                own,
                // If it ended meanwhile, its refresh token was already refused and must not be used again.
                isNull(grants.endedAt),
                eq(grants.credentials, sealed),
                isFree(REFRESH_LEASE, ctx.clock.now()),
              ),
            )
            .returning({ id: grants.id });
          if (taken.length === 1) token = taking;
          return taken.length === 1;
        }),
      save: (replaced, tokens) =>
        ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
          const { accessExpiresAt, refreshExpiresAt, scopes } = tokens;
          const context = grantContext(grantId);
          const sealed = sealTokens(context, tokens);
          const [before] = await tx.select({ tries: grants.renewTries }).from(grants).where(own);
          await tx
            .update(grants)
            .set({
              credentials: sealed,
              sealedFor: null,
              accessExpiresAt,
              refreshExpiresAt,
              renewable: tokens.refreshToken !== null,
              ...(scopes ? { scopes } : {}),
              refreshLeaseToken: null,
              refreshLeaseUntil: null,
              renewTries: 0,
              renewAfter: null,
            })
            .where(and(own, eq(grants.credentials, replaced)));
          if (before && before.tries > 0)
            for (const { id } of await tx
              .select({ id: connections.id })
              .from(connections)
              .where(eq(connections.grantId, grantId)))
              await resolveAlert(tx, ctx, renewalAlertKey(id));
          return { sealed, context, accessExpiresAt, refreshExpiresAt };
        }),
      release: (sealed) =>
        ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
          await tx
            .update(grants)
            .set({ refreshLeaseToken: null, refreshLeaseUntil: null })
            .where(and(own, eq(grants.credentials, sealed), isOurs(REFRESH_LEASE, token ?? '')));
        }),
    },
  };
}

/** Store of the token that an account has of its own. */
export const accountStore = (ctx: Base, connectionId: string): CredentialStore => ({
  read: () =>
    ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [row] = await tx.select().from(connections).where(eq(connections.id, connectionId));
      return row?.status === 'active' ? ownCredentials(row) : null;
    }),
  renewal: null,
});

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
