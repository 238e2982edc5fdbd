import { and, eq, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';

/** Key of the alert that a user has to reconnect the account. */
export const reconnectAlertKey = (connectionId: string): string => `connection:${connectionId}:reconnect`;
/** Key of the alert that the connection cannot be renewed at the moment; the workspace's members need not act. */
export const renewalAlertKey = (connectionId: string): string => `connection:${connectionId}:renewal`;
/** Key of the alert that users soon have to sign in again. */
export const endingAlertKey = (grantId: string): string => `grant:${grantId}:ending`;
/** Key of the alert that the sales of a connection can no longer be read. */
export const feedAlertKey = (connectionId: string): string => `connection:${connectionId}:feed`;
/** Key of the alert that what a connection's platform reported could not be applied. */
export const webhooksAlertKey = (connectionId: string): string => `connection:${connectionId}:webhooks`;

/** Resolves the alerts of a connection that works again or no longer exists. */
export async function resolveConnectionAlerts(
  tx: Tx,
  ctx: Pick<Ctx, 'clock' | 'workspaceId'>,
  connectionId: string,
): Promise<void> {
  await resolveAll(tx, ctx, [
    { workspaceId: ctx.workspaceId, key: reconnectAlertKey(connectionId) },
    { workspaceId: ctx.workspaceId, key: renewalAlertKey(connectionId) },
    { workspaceId: ctx.workspaceId, key: feedAlertKey(connectionId) },
    { workspaceId: ctx.workspaceId, key: webhooksAlertKey(connectionId) },
  ]);
}

/** Resolves the alerts about the end of sign-ins that are new, gone or over. */
export const resolveEndingAlerts = (
  tx: Tx,
  at: Pick<Ctx, 'clock'>,
  grants: readonly { id: string; workspaceId: string }[],
): Promise<void> =>
  resolveAll(
    tx,
    at,
    grants.map(({ id, workspaceId }) => ({ workspaceId, key: endingAlertKey(id) })),
  );

async function resolveAll(
  tx: Tx,
  { clock }: Pick<Ctx, 'clock'>,
  which: readonly { workspaceId: string; key: string }[],
): Promise<void> {
  if (which.length === 0) return;
  await tx
    .update(alerts)
    .set({ resolved: true, resolvedAt: clock.now() })
    .where(
      and(
        or(...which.map((one) => and(eq(alerts.workspaceId, one.workspaceId), eq(alerts.key, one.key)))),
        eq(alerts.resolved, false),
      ),
    );
}
