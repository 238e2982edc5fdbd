import { defineVerb, nothing } from '@/server/verbs/define';
import { readWorkspace } from './read-workspace';
import { workspaceOutput } from './schemas';

/** Returns the workspace that the caller acts in. */
export const getWorkspace = defineVerb({
  verb: 'workspace.get',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: workspaceOutput,
  run: async (ctx) => {
    const row = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readWorkspace(tx, ctx));
    return {
      id: row.id,
      name: row.name,
      timeZone: row.timeZone,
      reportingCurrency: row.reportingCurrency,
      plan: row.plan,
      onboardingStep: row.onboardingStep,
      isDemo: row.isDemo,
      role: ctx.actor.kind === 'member' ? ctx.actor.role : null,
    };
  },
});
