import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '../context';

/** Raises an alert, unless one with this key is open. */
export async function raiseOnce(
  tx: Tx,
  ctx: Ctx,
  alert: { key: string; severity: 'info' | 'warning' | 'serious'; title: string; body: string; href: string },
): Promise<void> {
  const [open] = await tx
    .select({ id: alerts.id })
    .from(alerts)
    .where(
      and(eq(alerts.workspaceId, ctx.workspaceId), eq(alerts.key, alert.key), eq(alerts.resolved, false)),
    );
  if (open) return;
  await tx
    .insert(alerts)
    .values({ ...alert, id: newId('alert'), workspaceId: ctx.workspaceId, createdAt: ctx.clock.now() });
}

/** Closes the alert with this key: what it told about is over. */
export async function settle(tx: Tx, ctx: Ctx, key: string): Promise<void> {
  await tx
    .update(alerts)
    .set({ resolved: true, resolvedAt: ctx.clock.now() })
    .where(and(eq(alerts.workspaceId, ctx.workspaceId), eq(alerts.key, key), eq(alerts.resolved, false)));
}
