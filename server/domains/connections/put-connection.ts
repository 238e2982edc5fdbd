import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, connectionWebhooks, grants } from '@/db/schema';
import { connectionContext, sealTokens } from '@/server/connectors/host/tokens';
import { platformManifest } from '@/server/connectors/registry';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { giveDefaultSlots } from '../scheduling/default-slots';
import { resolveConnectionAlerts } from './alert-keys';
import type { SignIn } from './put-grant';

export interface Account {
  remoteId: string;
  name: string;
  url: string | null;
  remote: Readonly<Record<string, string>>;
}
/** The sign-in that an account is connected with. */
export interface Via {
  from: SignIn;
  grantId: string;
  /** The account's own token; null if it uses the grant's. */
  ownToken: string | null;
}

/** A connection as it is before a sign-in. */
export type Known = Pick<
  typeof connections.$inferSelect,
  'id' | 'remoteId' | 'remoteName' | 'status' | 'grantId'
> & { scopes: string[] | null };

/** Returns the workspace's connections on a server of a platform, also disconnected ones. */
export const knownConnections = (
  tx: Tx,
  on: Pick<SignIn, 'platform' | 'environment' | 'server'>,
): Promise<Known[]> =>
  tx
    .select({
      id: connections.id,
      remoteId: connections.remoteId,
      remoteName: connections.remoteName,
      status: connections.status,
      grantId: connections.grantId,
      scopes: grants.scopes,
    })
    .from(connections)
    .leftJoin(grants, eq(grants.id, connections.grantId))
    .where(
      and(
        eq(connections.platform, on.platform),
        eq(connections.environment, on.environment),
        eq(connections.server, on.server),
      ),
    );

/** Adds a connection or gives an existing one new access. The caller has checked the plan's limit. */
export async function putConnection(
  tx: Tx,
  ctx: Ctx,
  { from, grantId, ownToken }: Via,
  account: Account,
  existing: Known | undefined,
): Promise<string> {
  const id = existing?.id ?? newId('connection');
  const values = {
    status: 'active' as const,
    remoteName: withoutBrokenEnd(truncateText(account.name, 200)),
    remoteUrl: account.url,
    remote: { ...account.remote },
    grantId,
    credentials:
      ownToken === null
        ? null
        : sealTokens(connectionContext(id), { accessToken: ownToken, refreshToken: null }),
    problem: null,
  };
  const of = { platform: platformManifest(from.platform).name, account: account.name };
  if (existing) {
    await tx.update(connections).set(values).where(eq(connections.id, id));
    // The platform may want to be asked anew.
    await tx.delete(connectionWebhooks).where(eq(connectionWebhooks.connectionId, id));
  } else
    await tx.insert(connections).values({
      id,
      workspaceId: ctx.workspaceId,
      platform: from.platform,
      environment: from.environment,
      server: from.server,
      remoteId: account.remoteId,
      createdBy: from.userId,
      createdAt: ctx.clock.now(),
      ...values,
    });
  if (!existing) await giveDefaultSlots(tx, ctx, [id]);
  await resolveConnectionAlerts(tx, ctx, id);
  await recordActivity(tx, ctx, {
    verb: existing ? 'connection.renewed' : 'connection.added',
    subjectType: 'connection',
    subjectId: id,
    summary: existing
      ? fact('connections.activity.reconnected', of)
      : fact('connections.activity.connected', of),
    ...(existing
      ? {
          before: { status: existing.status, remoteName: existing.remoteName, scopes: existing.scopes ?? [] },
        }
      : {}),
    after: { status: values.status, remoteName: values.remoteName, scopes: from.scopes },
  });
  return id;
}
