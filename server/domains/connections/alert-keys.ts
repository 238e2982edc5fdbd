import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';

/** A person has to connect the account again. */
export const reconnectAlertKey = (connectionId: string): string => `connection:${connectionId}:reconnect`;
/** The connection cannot be renewed at the moment, and nobody in the workspace has to do anything about it. */
export const renewalAlertKey = (connectionId: string): string => `connection:${connectionId}:renewal`;

/** Ends what is told of a connection: it works again, or it is gone. */
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
        inArray(alerts.key, [reconnectAlertKey(connectionId), renewalAlertKey(connectionId)]),
        eq(alerts.resolved, false),
      ),
    );
}
