import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { toAlert } from './queries';
import { alertIdInput, alertOutput } from './schemas';

/** Resolves the open alert of a key once the problem is over. Does nothing if there is none. */
export async function resolveAlert(
  tx: Tx,
  ctx: Pick<Ctx, 'clock' | 'workspaceId'>,
  key: string,
): Promise<void> {
  await tx
    .update(alerts)
    .set({ resolved: true, resolvedAt: ctx.clock.now() })
    .where(and(eq(alerts.workspaceId, ctx.workspaceId), eq(alerts.key, key), eq(alerts.resolved, false)));
}

/** Resolves an alert that a user has seen. Repeating it changes nothing. */
export const resolveAlertById = defineVerb({
  verb: 'alerts.resolve',
  access: 'alerts.resolve',
  effect: 'change',
  input: alertIdInput,
  output: alertOutput,
  run: async (ctx, input) => {
    const { id } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const own = and(eq(alerts.workspaceId, ctx.workspaceId), eq(alerts.id, id));
      await tx
        .update(alerts)
        .set({ resolved: true, resolvedAt: ctx.clock.now() })
        .where(and(own, eq(alerts.resolved, false)));
      const [row] = await tx.select().from(alerts).where(own);
      if (!row) throw notFound('alert');
      return toAlert(row);
    });
  },
});
