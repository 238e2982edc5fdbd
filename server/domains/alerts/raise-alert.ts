import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import type { Fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';

export interface NewAlert {
  /** What it is about, `connection:<id>:reconnect` say. While one alert of a key is open, another is not raised. */
  key: string;
  severity: 'info' | 'warning' | 'serious';
  title: Fact;
  body: Fact;
  href?: string;
}

/** Tells people that something is wrong, in the transaction that finds it. Answers whether it is news. */
export async function raiseAlert(tx: Tx, ctx: Ctx, alert: NewAlert): Promise<boolean> {
  const now = ctx.clock.now();
  const made = await tx
    .insert(alerts)
    .values({ ...alert, id: newId('alert', now.getTime()), workspaceId: ctx.workspaceId, createdAt: now })
    .onConflictDoNothing()
    .returning({ id: alerts.id });
  return made.length > 0;
}
