import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { chooseTopicsInput } from '@/server/domains/topics/schemas';

/** Turns the ticked topics into the selection that is saved. */
export const topicsSchema = z
  .object({ chosen: z.unknown() })
  .transform(({ chosen }) => ({ slugs: chosen }))
  .pipe(into(chooseTopicsInput));
