import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { text } from '@/server/foundation/inputs';

export const checkLinksInput = z.object({
  /** The texts and URLs in which links are checked. */
  texts: z.array(text({ max: 20_000 })).max(40),
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
