import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';

/** Key of the alert that a user has to reconnect the account. */
export const reconnectAlertKey = (connectionId: string): string => `connection:${connectionId}:reconnect`;
/** Key of the alert that the connection cannot be renewed at the moment; the workspace's members need not act. */
export const renewalAlertKey = (connectionId: string): string => `connection:${connectionId}:renewal`;
/** Key of the alert that the sales of a connection can no longer be read. */
export const feedAlertKey = (connectionId: string): string => `connection:${connectionId}:feed`;

/** Resolves the alerts of a connection that works again or no longer exists. */
export async function resolveConnectionAlerts(
  tx: Tx,
  ctx: Pick<Ctx, 'clock' | 'workspaceId'>,
  connectionId: string,
): Promise<void> {
  await tx
    .update(alerts)
    .set({ resolved: true, resolvedAt: ctx.clock.now() })
    .where(
      and(
        eq(alerts.workspaceId, ctx.workspaceId),
        inArray(alerts.key, [
          reconnectAlertKey(connectionId),
          renewalAlertKey(connectionId),
          feedAlertKey(connectionId),
        ]),
        eq(alerts.resolved, false),
      ),
    );
}
