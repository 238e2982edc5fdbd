import { z } from 'zod';
import { asMessage, factOutput } from '@/server/foundation/facts';
import { whole } from '@/server/foundation/inputs';
import { TOPIC_SLUGS } from './catalogue';

export const topicSlug = z.enum(TOPIC_SLUGS);

export const topicOutput = z.object({
  /** Null until the workspace has chosen the topic. */
  id: z.string().nullable(),
  slug: topicSlug,
  name: factOutput,
  audience: z.string(),
  tone: z.string(),
  samples: z.array(z.string()),
  chosen: z.boolean(),
  /** false if the workspace's plan does not include the topic. */
  allowed: z.boolean(),
});

export const topicsOutput = z.object({
  topics: z.array(topicOutput),
  /** How many topics the plan allows; null for no limit. */
  limit: z.number().nullable(),
  plan: z.string(),
});
export type TopicsOutput = z.output<typeof topicsOutput>;

export const chooseTopicsInput = z.object({
  slugs: z
    .array(topicSlug)
    .min(1, asMessage('validation.topics.chooseOne'))
    .max(TOPIC_SLUGS.length)
    .transform((slugs) => [...new Set(slugs)]),
});

export const previewTopicInput = z.object({
  slug: topicSlug,
  /** Another seed returns a different draft. */
  seed: whole({ min: 0, max: 1_000_000 }).default(1),
  creativity: whole({ min: 0, max: 100 }).default(50),
});
export const previewTopicOutput = z.object({
  slug: topicSlug,
  provider: factOutput,
  samples: z.array(z.string()),
  drafts: z.array(z.object({ platform: z.string(), platformName: z.string(), text: z.string() })),
});
