import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connectionChoices, connections } from '@/db/schema';
import { sealChoice, type Tokens } from '@/server/connectors/host/tokens';
import type { RemoteIdentity } from '@/server/connectors/kit/connector';
import { newId } from '@/server/foundation/ids';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { assertPlatformInPlan, countConnections } from './connection-limits';
import type { OutcomeCode } from './outcomes';
import { type AccountTokens, putConnection, type SignIn } from './put-connection';
import type { TakenState } from './take-state';

/** A sign-in that a user has just completed; `connectionId` is the connection to renew, or null. */
export type NewSignIn = Pick<TakenState, 'platform' | 'environment' | 'server' | 'userId' | 'connectionId'>;

/** How long the accounts of a sign-in stay available for a choice. */
export const CHOICE_LIFETIME_MS = 30 * 60_000;

export interface Stored {
  code: Extract<OutcomeCode, 'connected' | 'renewed' | 'choose' | 'other_account'>;
  connectionIds: string[];
}

/**
 * Stores the accounts of a sign-in. A single account is connected immediately. Of several, the connected ones are renewed and the rest wait
 * for the user's choice. If the sign-in was to renew one connection, nothing is added and no choice is offered.
 */
export async function storeSignIn(
  tx: Tx,
  ctx: Ctx,
  row: NewSignIn,
  found: RemoteIdentity[],
  grant: { tokens: Tokens; grantedBy: string | null },
): Promise<Stored> {
  const workspace = await lockWorkspace(tx, ctx.workspaceId);
  assertPlatformInPlan(workspace.plan, row.platform);
  const known = await tx
    .select({ id: connections.id, remoteId: connections.remoteId, status: connections.status })
    .from(connections)
    .where(
      and(
        eq(connections.platform, row.platform),
        eq(connections.environment, row.environment),
        eq(connections.server, row.server),
      ),
    );
  // Accounts without tokens of their own would share one, and a second connection on it would break the first.
  const separate = found.every((identity) => identity.accessToken !== undefined);
  const identities = separate ? found : found.slice(0, 1);
  const stateOf = (identity: RemoteIdentity) => known.find((k) => k.remoteId === identity.remoteId);
  const from: SignIn = {
    platform: row.platform,
    environment: row.environment,
    server: row.server,
    userId: row.userId,
    grantedBy: grant.grantedBy,
    scopes: grant.tokens.scopes,
  };
  const put = (identity: RemoteIdentity) =>
    putConnection(tx, ctx, from, identity, tokensOf(identity, grant.tokens), stateOf(identity)?.id);

  const wanted = known.find((k) => k.id === row.connectionId);
  if (wanted && !identities.some((i) => i.remoteId === wanted.remoteId))
    return { code: 'other_account', connectionIds: [] };
  const live = identities.filter((i) => (stateOf(i)?.status ?? 'disconnected') !== 'disconnected');
  const rest = identities.filter((i) => !live.includes(i));
  const asked = rest.filter((i) => (wanted ? i.remoteId === wanted.remoteId : identities.length === 1));
  if (asked.length > 0)
    assertWithinLimit(workspace.plan, 'connections', await countConnections(tx), asked.length);
  const ids: string[] = [];
  for (const identity of [...live, ...asked]) ids.push(await put(identity));
  if (asked.length > 0) return { code: 'connected', connectionIds: ids };
  if (wanted || rest.length === 0) return { code: 'renewed', connectionIds: ids };
  await offerChoice(tx, ctx, from, identities);
  return { code: 'choose', connectionIds: ids };
}

/** An account's own token has a lifetime independent of the user's. */
const tokensOf = (identity: RemoteIdentity, tokens: Tokens): AccountTokens =>
  identity.accessToken === undefined
    ? tokens
    : {
        accessToken: identity.accessToken,
        refreshToken: null,
        accessExpiresAt: null,
        refreshExpiresAt: null,
      };

/** A later sign-in by the same member replaces an open choice. */
async function offerChoice(tx: Tx, ctx: Ctx, from: SignIn, identities: RemoteIdentity[]): Promise<void> {
  const own = and(
    eq(connectionChoices.userId, from.userId),
    eq(connectionChoices.platform, from.platform),
    eq(connectionChoices.environment, from.environment),
    eq(connectionChoices.server, from.server),
  );
  await tx.delete(connectionChoices).where(own);
  const id = newId('connectionChoice');
  const now = ctx.clock.now();
  await tx.insert(connectionChoices).values({
    id,
    workspaceId: ctx.workspaceId,
    userId: from.userId,
    platform: from.platform,
    environment: from.environment,
    server: from.server,
    grantedBy: from.grantedBy,
    accounts: identities.map(({ remoteId, name, url, remote }) => ({
      remoteId,
      name: withoutBrokenEnd(truncateText(name, 200)),
      url,
      remote: { ...remote },
    })),
    scopes: from.scopes,
    credentials: sealChoice(
      id,
      Object.fromEntries(
        identities.map((i) => [i.remoteId, { accessToken: i.accessToken ?? '', refreshToken: null }]),
      ),
    ),
    createdAt: now,
    expiresAt: new Date(now.getTime() + CHOICE_LIFETIME_MS),
  });
}
