import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connectionChoices, grants } from '@/db/schema';
import { sealChoice, type Tokens } from '@/server/connectors/host/tokens';
import type { RemoteIdentity } from '@/server/connectors/kit/connector';
import { newId } from '@/server/foundation/ids';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { assertPlatformInPlan, countConnections } from './connection-limits';
import type { OutcomeCode } from './outcomes';
import { knownConnections, putConnection } from './put-connection';
import { putGrant, type SignIn } from './put-grant';
import type { TakenState } from './take-state';
import { dropUnusedGrants, type Grant, lockGrants } from './unused-grants';

/** A sign-in that a user has just completed; `connectionId` is the connection to renew, or null. */
export type NewSignIn = Pick<
  TakenState,
  'platform' | 'environment' | 'server' | 'userId' | 'connectionId'
> & {
  /** The scopes that it requested. */
  requested: string[];
};

/** How long the accounts of a sign-in stay available for a choice. */
export const CHOICE_LIFETIME_MS = 30 * 60_000;

export interface Stored {
  code: Extract<OutcomeCode, 'connected' | 'renewed' | 'choose' | 'other_account'>;
  connectionIds: string[];
  /** Deleted grants of other people that this sign-in replaced, whose access is to be ended at the platform. */
  unused: Grant[];
}

/**
 * Stores a sign-in and its accounts. A single account is connected immediately. Of several, the connected ones are renewed and the rest wait
 * for the user's choice. If the sign-in was to renew one connection, nothing is added and no choice is offered.
 */
export async function storeSignIn(
  tx: Tx,
  ctx: Ctx,
  row: NewSignIn,
  found: RemoteIdentity[],
  signedIn: { tokens: Tokens; grantedBy: string | null },
): Promise<Stored> {
  const workspace = await lockWorkspace(tx, ctx.workspaceId);
  assertPlatformInPlan(workspace.plan, row.platform);
  const { tokens, grantedBy } = signedIn;
  const { platform, environment, server, userId } = row;
  const scopes = tokens.scopes ?? row.requested;
  const signedInAs = found.find((one) => one.isPerson)?.name ?? null;
  const place = { platform, environment, server };
  const from: SignIn = { ...place, userId, grantedBy, signedInAs, scopes, requested: row.requested };
  const known = await knownConnections(tx, from);
  const stateOf = (identity: RemoteIdentity) => known.find((k) => k.remoteId === identity.remoteId);
  const wanted = known.find((k) => k.id === row.connectionId);
  if (row.connectionId !== null && !found.some((i) => i.remoteId === wanted?.remoteId))
    return { code: 'other_account', connectionIds: [], unused: [] };
  const live = found.filter((i) => (stateOf(i)?.status ?? 'disconnected') !== 'disconnected');
  const rest = found.filter((i) => !live.includes(i));
  const asked = rest.filter((i) => (wanted ? i.remoteId === wanted.remoteId : found.length === 1));
  if (asked.length > 0)
    assertWithinLimit(workspace.plan, 'connections', await countConnections(tx), asked.length);

  const replaced = await openChoicesOf(tx, from);
  const earlier = [...live.map((i) => stateOf(i)?.grantId ?? null), ...replaced.map((c) => c.grantId)].filter(
    (id) => id !== null,
  );
  await lockGrants(tx, earlier);
  const shared = found.some((i) => i.accessToken === undefined) ? tokens : null;
  const grantId = await putGrant(
    tx,
    ctx,
    from,
    shared,
    found.map((i) => i.remoteId),
  );
  const ids: string[] = [];
  for (const identity of [...live, ...asked]) {
    const via = { from, grantId, ownToken: identity.accessToken ?? null };
    ids.push(await putConnection(tx, ctx, via, identity, stateOf(identity)));
  }
  const choose = asked.length === 0 && !wanted && rest.length > 0;
  if (choose) {
    await dropChoices(tx, replaced);
    await offerChoice(tx, ctx, userId, grantId, found);
  }
  const dropped = await dropUnusedGrants(
    tx,
    ctx,
    earlier.filter((id) => id !== grantId),
  );
  const covers = (grant: string) =>
    live.some((i) => stateOf(i)?.grantId === grant) ||
    replaced.some(
      (c) => c.grantId === grant && c.accounts.some((a) => found.some((i) => i.remoteId === a.remoteId)),
    );
  // The same person's earlier access is left alone: ending it may end the new one too.
  const ofOthers = dropped.filter((grant) =>
    grant.grantedBy !== null && grantedBy !== null ? grant.grantedBy !== grantedBy : !covers(grant.id),
  );
  return {
    code: asked.length > 0 ? 'connected' : choose ? 'choose' : 'renewed',
    connectionIds: ids,
    unused: ofOthers,
  };
}

/**
 * Offers the accounts that a grant gives access to now for a choice, if one of them is not connected yet. Returns how many are not. The
 * grant may have ended or lost its last connection meanwhile; then nothing is offered.
 */
export async function offerFound(
  tx: Tx,
  ctx: Ctx,
  { grantId, userId, identities }: { grantId: string; userId: string; identities: RemoteIdentity[] },
): Promise<number> {
  await lockWorkspace(tx, ctx.workspaceId);
  await lockGrants(tx, [grantId]);
  const [grant] = await tx
    .select()
    .from(grants)
    .where(and(eq(grants.id, grantId), isNull(grants.endedAt)));
  if (!grant) return 0;
  const live = (await knownConnections(tx, grant)).filter((one) => one.status !== 'disconnected');
  const added = identities.filter((one) => !live.some((known) => known.remoteId === one.remoteId));
  if (added.length === 0) return 0;
  // Another open choice of the member is of the same grant or of another sign-in, whose unused access the sweep ends.
  await dropChoices(tx, await openChoicesOf(tx, { ...grant, userId }));
  await offerChoice(tx, ctx, userId, grantId, identities);
  return added.length;
}

const dropChoices = (tx: Tx, choices: readonly { id: string }[]) =>
  tx.delete(connectionChoices).where(
    inArray(
      connectionChoices.id,
      choices.map(({ id }) => id),
    ),
  );

/** The member's open choices at the same server, which a later sign-in replaces. */
const openChoicesOf = (tx: Tx, from: Pick<SignIn, 'userId' | 'platform' | 'environment' | 'server'>) =>
  tx
    .select({
      id: connectionChoices.id,
      grantId: connectionChoices.grantId,
      accounts: connectionChoices.accounts,
    })
    .from(connectionChoices)
    .innerJoin(grants, eq(grants.id, connectionChoices.grantId))
    .where(
      and(
        eq(connectionChoices.userId, from.userId),
        eq(grants.platform, from.platform),
        eq(grants.environment, from.environment),
        eq(grants.server, from.server),
      ),
    );

async function offerChoice(
  tx: Tx,
  ctx: Ctx,
  userId: string,
  grantId: string,
  identities: readonly RemoteIdentity[],
): Promise<void> {
  const id = newId('connectionChoice');
  const now = ctx.clock.now();
  const own = identities.flatMap(({ remoteId, accessToken }) =>
    accessToken === undefined ? [] : [[remoteId, { accessToken, refreshToken: null }] as const],
  );
  await tx.insert(connectionChoices).values({
    id,
    workspaceId: ctx.workspaceId,
    userId,
    grantId,
    accounts: identities.map(({ remoteId, name, url, remote }) => ({
      remoteId,
      name: withoutBrokenEnd(truncateText(name, 200)),
      url,
      remote: { ...remote },
    })),
    credentials: own.length === 0 ? null : sealChoice(id, Object.fromEntries(own)),
    createdAt: now,
    expiresAt: new Date(now.getTime() + CHOICE_LIFETIME_MS),
  });
}
