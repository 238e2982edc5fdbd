import { z } from 'zod';
import { completeStep } from '@/server/domains/onboarding/complete-step';
import { getOnboarding } from '@/server/domains/onboarding/queries';
import { saveAutomation } from '@/server/domains/onboarding/save-automation';
import {
  automationInput,
  completeStepInput,
  onboardingOutput,
  stepSchema,
} from '@/server/domains/onboarding/schemas';
import { memberProcedure, router } from '../init';

export const onboardingRouter = router({
  get: memberProcedure('viewer')
    .output(onboardingOutput)
    .query(({ ctx }) => getOnboarding(ctx.verb)),
  completeStep: memberProcedure('manager')
    .input(completeStepInput)
    .output(z.object({ step: stepSchema }))
    .mutation(({ ctx, input }) => completeStep({ ctx: ctx.verb, input })),
  saveAutomation: memberProcedure('manager')
    .input(automationInput)
    .output(z.object({ step: stepSchema, version: z.number() }))
    .mutation(({ ctx, input }) => saveAutomation({ ctx: ctx.verb, input })),
});
