import { z } from 'zod';
import { timeZoneSchema } from '@/server/domains/workspaces/schemas';
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
    tooSmall: 'Choose at least one post a day.',
    tooLarge: 'Choose at most 500 posts a day.',
  }),
  slots: z.array(minute).max(500),
  mix: z.record(token({ min: 1, max: 40 }), whole({ min: 0, max: 100 })),
  platformOrder: z.array(token({ min: 1, max: 40 })).max(30),
  review: z.enum(['post_at_once', 'review_first']),
  approvalPolicy: z.enum(['approve', 'reject', 'keep']),
  approvalHours: whole({
    min: 1,
    max: 168,
    tooSmall: 'Give at least one hour.',
    tooLarge: 'Give at most 168 hours (a week).',
  }),
  /** The version that the person saw; another one means that somebody changed the settings meanwhile. */
  version: version(),
});

export const automationInput = automationShape.superRefine((value, context) => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  const length = windowLength(value.activeFrom, value.activeTo);
  if (length === 0) return refuse('activeTo', 'The active hours start and end at the same time.');
  if (value.postsPerDay > length)
    return refuse('postsPerDay', 'The active hours are too short for so many posts.');
  if (value.slots.length !== value.postsPerDay)
    refuse('slots', `Choose ${value.postsPerDay} times, one for each post of a day.`);
  if (new Set(value.slots).size !== value.slots.length) refuse('slots', 'Two posts have the same time.');
  if (value.slots.some((slot) => !isActive(slot, value.activeFrom, value.activeTo)))
    refuse('slots', 'A time lies outside of the active hours.');
  const sum = Object.values(value.mix).reduce((a, b) => a + b, 0);
  if (sum !== 100) refuse('mix', `The shares add up to ${sum} per cent. They have to add up to 100.`);
  if (new Set(value.platformOrder).size !== value.platformOrder.length)
    refuse('platformOrder', 'A platform is in the list twice.');
});

export const onboardingOutput = z.object({
  step: stepSchema,
  plan: z.enum(['free', 'pro', 'agency']),
  workspaceName: z.string(),
  /** Slugs of the topics that are chosen. */
  topics: z.array(z.string()),
  connections: z.array(
    z.object({ id: z.string(), platform: z.string(), name: z.string(), status: z.string() }),
  ),
  limits: z.object({ postsPerDay: z.number().nullable(), connections: z.number().nullable() }),
  // As it is stored: what a person reads is not changed on its way.
  automation: automationShape.extend({ timeZone: z.string() }),
});
