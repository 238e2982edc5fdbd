import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { id, line, token } from '@/server/foundation/inputs';

/** More than any platform takes in UTF-16 code units; `readOptions` checks the field's own limit. */
const MAX_TEXT = 4000;
const MAX_CHOICE_VALUE = 500;
export const MAX_CHOICE_LABEL = 200;

/** A choice of an account's platform, with its name. */
export const remoteChoice = z.object({
  value: token({ min: 1, max: MAX_CHOICE_VALUE }),
  label: line({ min: 1, max: MAX_CHOICE_LABEL }),
});
/** The options of one account, by field. Which ones its platform has and what they may be is checked by `readOptions`. */
export const optionsInput = z.record(
  token({ min: 1, max: 40 }),
  z.union([line({ max: MAX_TEXT }), z.boolean(), remoteChoice]),
);
/** An account to send to, with its options; without any, the defaults apply. */
export const targetInput = z.object({
  connectionId: id('connection'),
  options: optionsInput.optional(),
});

/** Options as they are stored, by field. */
export const optionsOutput = z.record(
  z.string(),
  z.union([z.string(), z.boolean(), z.object({ value: z.string(), label: z.string() })]),
);
/** Options as people read them. */
export const shownOptionsOutput = z.array(z.object({ id: z.string(), label: factOutput, value: factOutput }));
