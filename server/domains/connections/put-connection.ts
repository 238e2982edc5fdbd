import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections } from '@/db/schema';
import { type Secrets, sealTokens } from '@/server/connectors/host/tokens';
import type { Environment } from '@/server/connectors/kit/types';
import { platformManifest } from '@/server/connectors/registry';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { giveDefaultSlots } from '../scheduling/default-slots';
import { resolveConnectionAlerts } from './alert-keys';

/** Data shared by all accounts of one sign-in. */
export interface SignIn {
  platform: string;
  environment: Environment;
  /** Base address of the server; empty where there is none. */
  server: string;
  userId: string;
  grantedBy: string | null;
  scopes: string[];
}
export interface Account {
  remoteId: string;
  name: string;
  url: string | null;
  remote: Readonly<Record<string, string>>;
}
export interface AccountTokens extends Secrets {
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
}

/** Adds a connection or gives an existing one new credentials. The caller has checked the plan's limit. */
export async function putConnection(
  tx: Tx,
  ctx: Ctx,
  from: SignIn,
  account: Account,
  tokens: AccountTokens,
  existingId: string | undefined,
): Promise<string> {
  const id = existingId ?? newId('connection');
  const values = {
    status: 'active' as const,
    remoteName: withoutBrokenEnd(truncateText(account.name, 200)),
    remoteUrl: account.url,
    remote: { ...account.remote },
    grantedBy: from.grantedBy,
    scopes: from.scopes,
    credentials: sealTokens(id, tokens),
    accessExpiresAt: tokens.accessExpiresAt,
    refreshExpiresAt: tokens.refreshExpiresAt,
    refreshLeaseToken: null,
    refreshLeaseUntil: null,
    renewTries: 0,
    renewAfter: null,
    problem: null,
  };
  const of = { platform: platformManifest(from.platform).name, account: account.name };
  const [before] = existingId
    ? await tx
        .select({
          status: connections.status,
          remoteName: connections.remoteName,
          scopes: connections.scopes,
        })
        .from(connections)
        .where(eq(connections.id, existingId))
    : [];
  if (existingId) await tx.update(connections).set(values).where(eq(connections.id, existingId));
  else
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
  if (!existingId) await giveDefaultSlots(tx, ctx, [id]);
  await resolveConnectionAlerts(tx, ctx, id);
  await recordActivity(tx, ctx, {
    verb: existingId ? 'connection.renewed' : 'connection.added',
    subjectType: 'connection',
    subjectId: id,
    summary: existingId
      ? fact('connections.activity.reconnected', of)
      : fact('connections.activity.connected', of),
    ...(before ? { before } : {}),
    after: { status: values.status, remoteName: values.remoteName, scopes: values.scopes },
  });
  return id;
}
