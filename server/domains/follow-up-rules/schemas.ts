import { z } from 'zod';
import { id, text, whole } from '@/server/foundation/inputs';

const wholeHours = (most: number, what: string) =>
  whole({ min: 1, max: most, notWhole: `Give a whole number of ${what}.`, tooSmall: 'At least 1 hour.' });

/** The longest time that a rule looks at a post: a week. */
export const MOST_WITHIN_HOURS = 168;

/** What follows by itself when a post does well. */
const boostShape = z.object({
  measure: z.enum(['likes', 'replies', 'reposts']),
  atLeast: whole({
    min: 1,
    max: 10_000_000,
    tooSmall: 'At least 1.',
    tooLarge: 'At most 10,000,000.',
  }),
  withinHours: wholeHours(MOST_WITHIN_HOURS, 'hours'),
  action: z.enum(['repost', 'follow_up']),
  text: text({ max: 20_000, trim: true }).default(''),
  wait: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('none') }),
      z.object({ kind: z.literal('hours'), hours: wholeHours(MOST_WITHIN_HOURS, 'hours') }),
      z.object({ kind: z.literal('next_day') }),
    ])
    .default({ kind: 'none' }),
  activeHours: z.boolean().default(false),
});
export const boostInput = boostShape.superRefine((rule, context) => {
  if (rule.action === 'follow_up' && rule.text === '')
    context.addIssue({ code: 'custom', path: ['text'], message: 'Write what is to follow.' });
});

export const boostOutput = z.object({
  measure: z.enum(['likes', 'replies', 'reposts']),
  atLeast: z.number(),
  withinHours: z.number(),
  action: z.enum(['repost', 'follow_up']),
  text: z.string(),
  wait: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('hours'), hours: z.number() }),
    z.object({ kind: z.literal('next_day') }),
  ]),
  activeHours: z.boolean(),
});

export const setBoostInput = z.object({ id: id('publication'), boost: boostInput.nullable() });
export const saveDefaultBoostInput = z.object({
  boost: boostInput.nullable(),
  /** The rule that the person saw; another one means that somebody changed it meanwhile. */
  seen: boostShape.nullable(),
});
export const defaultBoostOutput = z.object({ boost: boostOutput.nullable() });
