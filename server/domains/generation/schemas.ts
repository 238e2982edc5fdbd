import { z } from 'zod';
import { asMessage, factOutput } from '@/server/foundation/facts';
import { id, text, token, whole } from '@/server/foundation/inputs';

export const MAX_PROMPT = 2000;

export const generateInput = z.object({
  topicId: id('topic').nullish(),
  platforms: z
    .array(token({ min: 1, max: 40 }))
    .min(1, asMessage('validation.generation.choosePlatform'))
    .max(10)
    .transform((all) => [...new Set(all)]),
  prompt: text({ max: MAX_PROMPT, trim: true }).default(''),
  creativity: whole({ min: 0, max: 100 }).default(50),
  hashtags: z.boolean().default(true),
  emoji: z.boolean().default(false),
  postId: id('post').nullish(),
  /** Another seed returns a different offline draft; the same seed returns the same one. */
  seed: whole({ min: 0, max: 2_000_000_000 }).default(1),
});
export type GenerateInput = z.input<typeof generateInput>;
export type GenerateRequest = z.output<typeof generateInput>;

/** Events sent to the screen while variants are written: one JSON object per line. */
export const generationEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), platforms: z.array(z.string()) }),
  z.object({
    type: z.literal('provider'),
    variant: z.string(),
    provider: z.string(),
    label: factOutput,
    model: z.string(),
  }),
  z.object({ type: z.literal('delta'), variant: z.string(), delta: z.string() }),
  /** Discard what was streamed so far: the variant starts again. */
  z.object({ type: z.literal('restart'), variant: z.string(), notice: factOutput }),
  z.object({ type: z.literal('notice'), variant: z.string(), notice: factOutput }),
  z.object({
    type: z.literal('done'),
    variant: z.string(),
    /** The finished text. Replaces the deltas. */
    text: z.string(),
    provider: z.string(),
    label: factOutput,
    model: z.string(),
    /** Millionths of a US dollar, estimated from list prices; null if the model's price is unknown. */
    costMicros: z.number().nullable(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    shortened: z.boolean(),
  }),
  z.object({
    type: z.literal('error'),
    variant: z.string().nullable(),
    message: factOutput,
    code: z.string(),
  }),
  z.object({ type: z.literal('end'), costMicros: z.number(), costKnown: z.boolean() }),
]);
export type GenerationEvent = z.output<typeof generationEvent>;

export const generationStatusOutput = z.object({
  /** In order of preference. If empty, the offline drafter writes. */
  providers: z.array(z.object({ id: z.string(), label: z.string(), model: z.string() })),
  used: z.number(),
  limit: z.number().nullable(),
  /** Millionths of a US dollar this month, estimated from list prices. */
  costMicros: z.number(),
  /** The month for which drafts are counted, `YYYY-MM` in the workspace's time zone. */
  month: z.string(),
  /** Whether posts need approval before they are published. */
  needsApproval: z.boolean(),
});
