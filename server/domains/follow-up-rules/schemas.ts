import { z } from 'zod';
import { asMessage } from '@/server/foundation/facts';
import { id, text, whole } from '@/server/foundation/inputs';

const wholeHours = (max: number) =>
  whole({
    min: 1,
    max,
    notWhole: asMessage('validation.followUp.wholeHours'),
    tooSmall: asMessage('validation.followUp.leastHour', { least: 1 }),
  });

/** Longest period in which a rule watches a post, in hours: a week. */
export const MAX_WITHIN_HOURS = 168;
const MAX_COUNTED = 10_000_000;

/** The automatic follow-up of a post that does well. */
const followUpRuleShape = z.object({
  measure: z.enum(['likes', 'replies', 'reposts']),
  atLeast: whole({
    min: 1,
    max: MAX_COUNTED,
    tooSmall: asMessage('validation.followUp.least', { least: 1 }),
    tooLarge: asMessage('validation.followUp.most', { most: MAX_COUNTED }),
  }),
  withinHours: wholeHours(MAX_WITHIN_HOURS),
  action: z.enum(['repost', 'follow_up']),
  text: text({ max: 20_000, trim: true }).default(''),
  wait: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('none') }),
      z.object({ kind: z.literal('hours'), hours: wholeHours(MAX_WITHIN_HOURS) }),
      z.object({ kind: z.literal('next_day') }),
    ])
    .default({ kind: 'none' }),
  activeHours: z.boolean().default(false),
});
export const followUpRuleInput = followUpRuleShape.superRefine((rule, context) => {
  if (rule.action === 'follow_up' && rule.text === '')
    context.addIssue({
      code: 'custom',
      path: ['text'],
      message: asMessage('validation.followUp.textMissing'),
    });
});

export const followUpRuleOutput = z.object({
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

export const setFollowUpRuleInput = z.object({
  id: id('publication'),
  followUpRule: followUpRuleInput.nullable(),
});
export const saveDefaultFollowUpRuleInput = z.object({
  followUpRule: followUpRuleInput.nullable(),
  /** The rule as the user saw it. A mismatch means that another user has changed it. */
  seen: followUpRuleShape.nullable(),
});
export const defaultFollowUpRuleOutput = z.object({ followUpRule: followUpRuleOutput.nullable() });
