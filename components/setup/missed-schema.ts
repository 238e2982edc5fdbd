import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { saveMissedInput } from '@/server/domains/planning/schemas';

/** What becomes of missed posts, as it is typed, becomes what is saved. */
export const missedSchema = z
  .object({ policy: z.unknown(), minutes: z.string() })
  .transform(({ policy, minutes }) => ({ policy, minutes: Math.trunc(Number(minutes)) }))
  .pipe(into(saveMissedInput.omit({ seen: true })));
