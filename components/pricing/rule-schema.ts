import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { saveRuleInput } from '@/server/domains/pricing/schemas';

/** Turns a typed price rule into the one that is saved. The step is typed in per cent. */
export const ruleSchema = z
  .object({
    active: z.boolean(),
    minViews: z.string(),
    windowHours: z.string(),
    step: z.string(),
    cooldownHours: z.string(),
  })
  .transform(({ active, minViews, windowHours, step, cooldownHours }) => ({
    active,
    minViews: Number(minViews),
    windowHours: Number(windowHours),
    stepBasisPoints: Math.round(Number(step) * 100),
    cooldownHours: Number(cooldownHours),
  }))
  .pipe(into(saveRuleInput.omit({ listingId: true, version: true })));
