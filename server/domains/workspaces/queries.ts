import { eq } from 'drizzle-orm';
import { workspaces } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { defineVerb, nothing } from '@/server/verbs/define';
import { workspaceOutput } from './schemas';

/** The workspace that the caller acts in. */
export const getWorkspace = defineVerb({
  verb: 'workspace.get',
  permission: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: workspaceOutput,
  run: async (ctx) => {
    const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx.select().from(workspaces).where(eq(workspaces.id, ctx.workspaceId)),
    );
    if (!row) throw notFound('workspace');
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
