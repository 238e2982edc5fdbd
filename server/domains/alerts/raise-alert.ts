import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import type { Fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';

export interface NewAlert {
  /** Subject of the alert, such as `connection:<id>:reconnect`. While an alert with this key is open, no other is raised. */
  key: string;
  severity: 'info' | 'warning' | 'serious';
  title: Fact;
  body: Fact;
  href?: string;
}

/** Notifies users of a problem, in the transaction that detects it. Returns whether the alert is new. */
export async function raiseAlert(tx: Tx, ctx: Ctx, alert: NewAlert): Promise<boolean> {
  const now = ctx.clock.now();
  const made = await tx
    .insert(alerts)
    .values({ ...alert, id: newId('alert', now.getTime()), workspaceId: ctx.workspaceId, createdAt: now })
    .onConflictDoNothing()
    .returning({ id: alerts.id });
  return made.length > 0;
}
