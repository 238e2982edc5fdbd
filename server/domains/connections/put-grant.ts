import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connectionChoices, connections, grants } from '@/db/schema';
import { grantContext, type Secrets, sealTokens } from '@/server/connectors/host/tokens';
import type { Environment } from '@/server/connectors/kit/types';
import { newId } from '@/server/foundation/ids';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { resolveEndingAlerts } from './alert-keys';

/** What one sign-in gave. */
export interface SignIn {
  platform: string;
  environment: Environment;
  /** Base address of the server; empty for a platform with a single address. */
  server: string;
  userId: string;
  grantedBy: string | null;
  /** Name of the account that signed in, if it is among those that were found. */
  signedInAs: string | null;
  scopes: string[];
  requested: string[];
}
export interface GrantTokens extends Secrets {
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
}

/**
 * Stores a sign-in and returns its grant's id: the earlier grant of the same person if it can be recognized, with these credentials from now
 * on, and otherwise a new one. `tokens` is null if each account has a token of its own. The caller has locked the workspace.
 */
export async function putGrant(
  tx: Tx,
  ctx: Ctx,
  from: SignIn,
  tokens: GrantTokens | null,
  remoteIds: readonly string[],
): Promise<string> {
  const known = await recognize(tx, from, remoteIds);
  const id = known ?? newId('grant', ctx.clock.now().getTime());
  const values = {
    grantedBy: from.grantedBy,
    signedInAs: from.signedInAs && withoutBrokenEnd(truncateText(from.signedInAs, 200)),
    scopes: from.scopes,
    requested: from.requested,
    credentials: tokens && sealTokens(grantContext(id), tokens),
    sealedFor: null,
    accessExpiresAt: tokens?.accessExpiresAt ?? null,
    refreshExpiresAt: tokens?.refreshExpiresAt ?? null,
    renewable: tokens && tokens.refreshToken !== null,
    endingNotice: null,
    refreshLeaseToken: null,
    refreshLeaseUntil: null,
    renewTries: 0,
    renewAfter: null,
    endedAt: null,
  };
  if (known) {
    await tx.update(grants).set(values).where(eq(grants.id, known));
    await resolveEndingAlerts(tx, ctx, [{ id: known, workspaceId: ctx.workspaceId }]);
  } else
    await tx.insert(grants).values({
      id,
      workspaceId: ctx.workspaceId,
      platform: from.platform,
      environment: from.environment,
      server: from.server,
      createdBy: from.userId,
      createdAt: ctx.clock.now(),
      ...values,
    });
  return id;
}

/**
 * Finds the grant that a sign-in renews: the one of the same platform user, or, if the platform does not tell who signed in, one whose
 * accounts this sign-in gave access to. One that also covers another account may be another person's, whose accounts these credentials
 * would not open, so it stays as it is.
 */
async function recognize(tx: Tx, from: SignIn, remoteIds: readonly string[]): Promise<string | null> {
  const same = and(
    eq(grants.platform, from.platform),
    eq(grants.environment, from.environment),
    eq(grants.server, from.server),
  );
  if (from.grantedBy !== null) {
    const [own] = await tx
      .select({ id: grants.id })
      .from(grants)
      .where(and(same, eq(grants.grantedBy, from.grantedBy)))
      .orderBy(asc(grants.createdAt), asc(grants.id))
      .limit(1);
    if (own) return own.id;
  }
  const candidates = await tx
    .select({ id: grants.id })
    .from(grants)
    .where(and(same, isNull(grants.grantedBy)))
    .orderBy(asc(grants.createdAt), asc(grants.id));
  const ids = candidates.map(({ id }) => id);
  if (ids.length === 0) return null;
  const held = await tx
    .select({ grantId: connections.grantId, remoteId: connections.remoteId })
    .from(connections)
    .where(inArray(connections.grantId, ids));
  const offered = await tx
    .select({ grantId: connectionChoices.grantId, accounts: connectionChoices.accounts })
    .from(connectionChoices)
    .where(inArray(connectionChoices.grantId, ids));
  const found = new Set(remoteIds);
  const coveredBy = (id: string) => {
    const accounts = held.filter((one) => one.grantId === id).map((one) => one.remoteId);
    return accounts.length > 0
      ? accounts.every((remoteId) => found.has(remoteId))
      : offered.some((one) => one.grantId === id && one.accounts.some((a) => found.has(a.remoteId)));
  };
  return ids.find(coveredBy) ?? null;
}
