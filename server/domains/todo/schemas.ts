import { z } from 'zod';
import { approvalOutput } from '../approvals/schemas';

const id = z.string().min(1).max(64);
export const completeActionInput = z.object({
  id,
  /** What the action's input asks for: a choice's value, a text, an address. */
  answer: z.string().trim().max(2000).optional(),
  /** With the answer that a post is there: its address at the platform. */
  permalink: z.string().trim().max(2000).optional(),
});
export const actionIdInput = z.object({ id });

export const actionOutput = z.object({
  id: z.string(),
  kind: z.string(),
  subjectType: z.string(),
  subjectId: z.string(),
  title: z.string(),
  prompt: z.string(),
  input: z.enum(['none', 'confirm', 'text', 'url', 'choice']),
  choices: z.array(z.object({ value: z.string(), label: z.string() })),
  deadlineAt: z.date().nullable(),
  state: z.enum(['open', 'done', 'dismissed']),
  answer: z.string().nullable(),
  createdAt: z.date(),
});
export const todoOutput = z.object({
  approvals: z.array(approvalOutput),
  actions: z.array(actionOutput),
  count: z.number(),
});
export type Action = z.output<typeof actionOutput>;
