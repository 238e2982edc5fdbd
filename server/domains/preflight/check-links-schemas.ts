import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { text } from '@/server/foundation/inputs';

export const checkLinksInput = z.object({
  /** Texts as they are written, and addresses: the links in them are checked. */
  texts: z.array(text({ max: 20_000 })).max(40),
});

export const checkedLink = z.object({
  /** As it stands in the text. */
  url: z.string(),
  /** `dead`: surely leads nowhere. `unchecked`: it could not be found out, which says nothing about the link. */
  state: z.enum(['fine', 'dead', 'unchecked']),
  message: factOutput.nullable(),
});
export const checkLinksOutput = z.object({ links: z.array(checkedLink) });

export type CheckedLink = z.output<typeof checkedLink>;
