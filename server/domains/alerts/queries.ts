import { and, desc, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { alerts } from '@/db/schema';
import type { Ctx } from '../context';
import { type Alert, listAlertsInput } from './schemas';

export function toAlert({ workspaceId: _, ...alert }: typeof alerts.$inferSelect): Alert {
  return alert;
}

/** The workspace's open (or resolved) alerts, newest first. */
export async function listAlerts({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof listAlertsInput>;
}): Promise<Alert[]> {
  const { resolved, limit } = listAlertsInput.parse(input);
  const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(alerts)
      .where(and(eq(alerts.workspaceId, ctx.workspaceId), eq(alerts.resolved, resolved)))
      .orderBy(desc(alerts.createdAt), desc(alerts.id))
      .limit(limit),
  );
  return rows.map(toAlert);
}
