import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { chooseTopicsInput } from '@/server/domains/topics/schemas';

/** The topics that are ticked become the choice that is saved. */
export const topicsSchema = z
  .object({ chosen: z.unknown() })
  .transform(({ chosen }) => ({ slugs: chosen }))
  .pipe(into(chooseTopicsInput));
