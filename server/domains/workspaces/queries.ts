import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { workspaces } from '@/db/schema';
import type { Ctx } from '@/server/domains/context';
import { notFound } from '@/server/foundation/errors';
import type { workspaceOutput } from './schemas';

/** The workspace that the caller acts in. */
export async function getWorkspace(ctx: Ctx): Promise<z.output<typeof workspaceOutput>> {
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
    role: ctx.role,
  };
}
