import { z } from 'zod';

/** Limits of one account where they differ from its platform's (server/foundation/own-limits.ts). */
export const ownLimitsOutput = z.object({
  characters: z.number().optional(),
  linkCharacters: z.number().optional(),
  pictures: z
    .object({
      most: z.number().optional(),
      bytes: z.number().optional(),
      longestSide: z.number().optional(),
      mimes: z.array(z.string()).optional(),
    })
    .optional(),
  gif: z.object({ bytes: z.number().optional() }).nullish(),
  video: z
    .object({
      bytes: z.number().optional(),
      largest: z.object({ long: z.number(), short: z.number() }).optional(),
    })
    .nullish(),
  descriptionCharacters: z.number().optional(),
  options: z
    .record(
      z.string(),
      z.object({
        maxLength: z.number().optional(),
        choices: z.array(z.string()).optional(),
        offered: z.literal(false).optional(),
      }),
    )
    .optional(),
});
