import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { text, token } from '@/server/foundation/inputs';

export const checkLinksInput = z.object({
  /** The texts in which links are checked. */
  texts: z.array(text({ max: 20_000 })).max(40),
  /** The platform of the texts, whose rules say where a link ends. If missing, the general rules apply. */
  platform: token({ min: 1, max: 40 }).optional(),
  /** Further addresses, each as a whole. */
  links: z
    .array(text({ max: 5_000 }))
    .max(40)
    .optional(),
});

export const checkedLink = z.object({
  /** As written in the text. */
  url: z.string(),
  /** `dead`: certainly leads nowhere. `unchecked`: could not be checked, which says nothing about the link. */
  state: z.enum(['fine', 'dead', 'unchecked']),
  message: factOutput.nullable(),
});
export const checkLinksOutput = z.object({ links: z.array(checkedLink) });

export type CheckedLink = z.output<typeof checkedLink>;
