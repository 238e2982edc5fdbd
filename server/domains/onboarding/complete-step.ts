import { and, count, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { topics, workspaces } from '@/db/schema';
import { recordActivity } from '@/server/domains/activity/record-activity';
import { lockWorkspace } from '@/server/domains/workspaces/lock-workspace';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { completeStepInput, STEPS, type Step, stepSchema } from './schemas';

/**
 * Marks a step as finished and returns the furthest open step. Finishing an earlier step again changes nothing; a step that is not reached
 * yet is refused, so that steps cannot be skipped.
 */
export const completeStep = defineVerb({
  verb: 'onboarding.completeStep',
  access: 'workspace.change',
  effect: 'change',
  input: completeStepInput,
  output: z.object({ step: stepSchema }),
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const { onboardingStep } = await lockWorkspace(tx, ctx.workspaceId);
      if (input.step === 'topics') {
        const [chosen] = await tx
          .select({ n: count() })
          .from(topics)
          .where(and(eq(topics.workspaceId, ctx.workspaceId), eq(topics.active, true)));
        if (!chosen || chosen.n === 0) throw new AppError('invalid', fact('onboarding.errors.chooseTopic'));
      }
      return { step: await advance(tx, ctx, onboardingStep, input.step) };
    });
  },
});

/** Moves the workspace past `finished`, in the caller's transaction, which holds the workspace's lock. */
export async function advance(tx: Tx, ctx: Ctx, reached: Step, finished: Step): Promise<Step> {
  const at = STEPS.indexOf(reached);
  const index = STEPS.indexOf(finished);
  if (index > at)
    throw new AppError('conflict', fact('onboarding.errors.notReached', { step: reached }), {
      details: { step: reached },
    });
  if (index < at) return reached;
  const next = STEPS[index + 1] ?? 'done';
  await tx.update(workspaces).set({ onboardingStep: next }).where(eq(workspaces.id, ctx.workspaceId));
  if (next === 'done')
    await recordActivity(tx, ctx, {
      verb: 'workspace.set_up',
      subjectType: 'workspace',
      subjectId: ctx.workspaceId,
      summary: fact('onboarding.activity.setUp'),
      before: { onboardingStep: reached },
      after: { onboardingStep: next },
    });
  return next;
}
