import { and, desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { alerts } from '@/db/schema';
import { defineVerb } from '@/server/verbs/define';
import { type Alert, alertOutput, listAlertsInput } from './schemas';

export function toAlert({ workspaceId: _, ...alert }: typeof alerts.$inferSelect): Alert {
  return alert;
}

/** Lists the workspace's open or resolved alerts, newest first. */
export const listAlerts = defineVerb({
  verb: 'alerts.list',
  access: 'workspace.read',
  effect: 'read',
  input: listAlertsInput,
  output: z.array(alertOutput),
  run: async (ctx, input) => {
    const { resolved, limit } = input;
    const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select()
        .from(alerts)
        .where(and(eq(alerts.workspaceId, ctx.workspaceId), eq(alerts.resolved, resolved)))
        .orderBy(desc(alerts.createdAt), desc(alerts.id))
        .limit(limit),
    );
    return rows.map(toAlert);
  },
});
