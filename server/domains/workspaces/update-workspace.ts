import { eq } from 'drizzle-orm';
import { workspaces } from '@/db/schema';
import { recordActivity } from '@/server/domains/activity/record-activity';
import { lockWorkspace } from '@/server/domains/workspaces/lock-workspace';
import { plain } from '@/server/foundation/facts';
import { defineVerb, nothing } from '@/server/verbs/define';
import { updateWorkspaceInput } from './schemas';

/**
 * Changes the workspace's name, zone and reporting currency. Publications keep the instant that was promised when they
 * were scheduled; a new zone counts for what is scheduled from now on.
 */
export const updateWorkspace = defineVerb({
  verb: 'workspace.update',
  permission: 'workspace.change',
  effect: 'change',
  input: updateWorkspaceInput,
  output: nothing,
  run: async (ctx, input) => {
    await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const before = await lockWorkspace(tx, ctx.workspaceId);
      const changed = [
        before.name !== input.name && `name to ${input.name}`,
        before.timeZone !== input.timeZone && `time zone to ${input.timeZone}`,
        before.reportingCurrency !== input.reportingCurrency && `currency to ${input.reportingCurrency}`,
      ].filter((v) => v !== false);
      if (changed.length === 0) return;
      await tx.update(workspaces).set(input).where(eq(workspaces.id, ctx.workspaceId));
      await recordActivity(tx, ctx, {
        verb: 'workspace.changed',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: plain(`Changed the workspace’s ${changed.join(', ')}`),
      });
    });
  },
});
