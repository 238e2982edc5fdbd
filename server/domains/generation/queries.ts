import { and, count, eq, gte, lt, ne, sql, sum } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { generations, postingSettings } from '@/db/schema';
import { env } from '@/server/foundation/env';
import { localTimeOf } from '@/server/foundation/local-time';
import { monthBounds } from '@/server/foundation/zoned-time';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { needsApproval } from '../approval-requests/approval-policy';
import { PLAN_TERMS } from '../plans/plans';
import { readWorkspace } from '../workspaces/read-workspace';
import { providersFrom } from './providers';
import { generationStatusOutput } from './schemas';

/** Counts the drafts of the current calendar month in the workspace's time zone. Drafts that failed on our side do not count. */
export async function usedThisMonth(
  tx: Tx,
  ctx: Ctx,
  timeZone: string,
): Promise<{ used: number; costMicros: number }> {
  const { from, to } = monthBounds(ctx.clock.now(), timeZone);
  const within = and(
    eq(generations.workspaceId, ctx.workspaceId),
    gte(generations.createdAt, from),
    lt(generations.createdAt, to),
  );
  const [drafts] = await tx
    .select({ used: count() })
    .from(generations)
    .where(and(within, ne(generations.outcome, 'failed')));
  const [cost] = await tx
    .select({ micros: sql<string>`coalesce(${sum(generations.costMicros)}, 0)` })
    .from(generations)
    .where(within);
  return { used: drafts?.used ?? 0, costMicros: Number(cost?.micros ?? 0) };
}

/** Returns the available providers, and the use of the month's allowance. */
export const generationStatus = defineVerb({
  verb: 'generation.status',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: generationStatusOutput,
  run: async (ctx) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const { used, costMicros } = await usedThisMonth(tx, ctx, workspace.timeZone);
      const [settings] = await tx
        .select({ review: postingSettings.review })
        .from(postingSettings)
        .where(eq(postingSettings.workspaceId, ctx.workspaceId));
      return {
        needsApproval: needsApproval(ctx, settings),
        providers: providersFrom(env()).map(({ id, label, model }) => ({ id, label, model })),
        used,
        limit: PLAN_TERMS[workspace.plan].limits.generationsPerMonth,
        costMicros,
        month: localTimeOf(ctx.clock.now(), workspace.timeZone).slice(0, 7),
      };
    });
  },
});
