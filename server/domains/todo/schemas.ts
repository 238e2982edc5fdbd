import { z } from 'zod';
import { ACTION_STATES } from '@/db/schema';
import { factOutput } from '@/server/foundation/facts';
import { id, line, token } from '@/server/foundation/inputs';
import { approvalOutput } from '../approvals/schemas';
export const completeActionInput = z.object({
  id: id('action'),
  /** The action's `shown` as the person saw it. */
  shown: token({ min: 1, max: 64 }),
  /** The value of one of its choices. */
  answer: line({ max: 100 }),
  /** With the answer that a post is there: its address at the platform. */
  permalink: line({ max: 2000 }).optional(),
});
export const actionIdInput = z.object({ id: id('action') });

export const actionOutput = z.object({
  id: z.string(),
  kind: z.string(),
  subjectType: z.string(),
  subjectId: z.string(),
  title: factOutput,
  prompt: factOutput,
  choices: z.array(z.object({ value: z.string(), label: factOutput })),
  /** Where it can be looked at. */
  screen: z.string(),
  /** Whether it can be taken off the list undone. */
  dismissible: z.boolean(),
  /** The answer with which the address of a post is given, and whether it has to be. */
  address: z.object({ with: z.string(), needed: z.boolean() }).nullable(),
  deadlineAt: z.date().nullable(),
  state: z.enum(ACTION_STATES),
  answer: z.string().nullable(),
  createdAt: z.date(),
  /** Names what it asks about as it is now, so that an answer is about that and nothing else. */
  shown: z.string(),
});
export const todoOutput = z.object({
  approvals: z.array(approvalOutput),
  actions: z.array(actionOutput),
  count: z.number(),
});
export type Action = z.output<typeof actionOutput>;
