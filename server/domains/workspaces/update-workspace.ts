import { eq } from 'drizzle-orm';
import { workspaces } from '@/db/schema';
import { recordActivity } from '@/server/domains/activity/record-activity';
import { lockWorkspace } from '@/server/domains/workspaces/lock-workspace';
import { fact } from '@/server/foundation/facts';
import { defineVerb, nothing } from '@/server/verbs/define';
import { updateWorkspaceInput } from './schemas';

/**
 * Changes the workspace's name, time zone and reporting currency. Existing publications keep their scheduled instant; a new time zone
 * applies to publications scheduled from now on.
 */
export const updateWorkspace = defineVerb({
  verb: 'workspace.update',
  access: 'workspace.change',
  effect: 'change',
  input: updateWorkspaceInput,
  output: nothing,
  run: async (ctx, input) => {
    await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const before = await lockWorkspace(tx, ctx.workspaceId);
      const { name, timeZone, reportingCurrency } = before;
      const changes = [
        ...(name === input.name ? [] : [fact('workspaces.notes.name', { name: input.name })]),
        ...(timeZone === input.timeZone ? [] : [fact('workspaces.notes.timeZone', { zone: input.timeZone })]),
        ...(reportingCurrency === input.reportingCurrency
          ? []
          : [fact('workspaces.notes.currency', { currency: input.reportingCurrency })]),
      ];
      if (changes.length === 0) return;
      await tx.update(workspaces).set(input).where(eq(workspaces.id, ctx.workspaceId));
      await recordActivity(tx, ctx, {
        verb: 'workspace.changed',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: fact('workspaces.activity.changed', { changes: { list: changes } }),
        before: { name, timeZone, reportingCurrency },
        after: input,
      });
    });
  },
});
