import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { saveMissedInput } from '@/server/domains/planning/schemas';

/** Turns the typed settings for missed posts into the ones that are saved. */
export const missedSchema = z
  .object({ policy: z.unknown(), minutes: z.string() })
  .transform(({ policy, minutes }) => ({ policy, minutes: Math.trunc(Number(minutes)) }))
  .pipe(into(saveMissedInput.omit({ seen: true })));
