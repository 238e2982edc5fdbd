import { z } from 'zod';
import { timeZoneSchema } from '@/server/domains/workspaces/schemas';
import { asMessage } from '@/server/foundation/facts';
import { minuteOfDay, token, version, whole } from '@/server/foundation/inputs';
import { isActive, windowLength } from '../scheduling/suggest-times';

export const STEPS = ['plan', 'platforms', 'topics', 'automation', 'done'] as const;
export type Step = (typeof STEPS)[number];
export const stepSchema = z.enum(STEPS);

export const completeStepInput = z.object({ step: z.enum(['plan', 'platforms', 'topics']) });

const minute = minuteOfDay();

export const automationShape = z.object({
  timeZone: timeZoneSchema,
  activeFrom: minute,
  activeTo: minute,
  postsPerDay: whole({
    min: 1,
    max: 500,
    tooSmall: asMessage('validation.onboarding.postsTooFew'),
    tooLarge: asMessage('validation.onboarding.postsTooMany'),
  }),
  slots: z.array(minute).max(500),
  mix: z.record(token({ min: 1, max: 40 }), whole({ min: 0, max: 100 })),
  platformOrder: z.array(token({ min: 1, max: 40 })).max(30),
  review: z.enum(['post_at_once', 'review_first']),
  approvalPolicy: z.enum(['approve', 'reject', 'keep']),
  approvalHours: whole({
    min: 1,
    max: 168,
    tooSmall: asMessage('validation.onboarding.hoursTooFew'),
    tooLarge: asMessage('validation.onboarding.hoursTooMany'),
  }),
  /** The version that the user saw; a mismatch means that the settings were changed meanwhile. */
  version: version(),
});

export const automationInput = automationShape.superRefine((value, context) => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  const length = windowLength(value.activeFrom, value.activeTo);
  if (length === 0) return refuse('activeTo', asMessage('validation.onboarding.noActiveHours'));
  if (value.postsPerDay > length)
    return refuse('postsPerDay', asMessage('validation.onboarding.activeHoursTooShort'));
  if (value.slots.length !== value.postsPerDay)
    refuse('slots', asMessage('validation.onboarding.slotsForPosts', { count: value.postsPerDay }));
  if (new Set(value.slots).size !== value.slots.length)
    refuse('slots', asMessage('validation.onboarding.sameTime'));
  if (value.slots.some((slot) => !isActive(slot, value.activeFrom, value.activeTo)))
    refuse('slots', asMessage('validation.onboarding.timeOutside'));
  const sum = Object.values(value.mix).reduce((a, b) => a + b, 0);
  if (sum !== 100) refuse('mix', asMessage('validation.onboarding.shares', { sum }));
  if (new Set(value.platformOrder).size !== value.platformOrder.length)
    refuse('platformOrder', asMessage('validation.onboarding.platformTwice'));
});

export const onboardingOutput = z.object({
  step: stepSchema,
  plan: z.enum(['free', 'pro', 'agency']),
  workspaceName: z.string(),
  /** Slugs of the chosen topics. */
  topics: z.array(z.string()),
  connections: z.array(
    z.object({ id: z.string(), platform: z.string(), name: z.string(), status: z.string() }),
  ),
  limits: z.object({ postsPerDay: z.number().nullable(), connections: z.number().nullable() }),
  // The stored value, which is not normalized for output.
  automation: automationShape.extend({ timeZone: z.string() }),
});
