import { z } from 'zod';
import { ACTION_STATES } from '@/db/schema';
import { factOutput } from '@/server/foundation/facts';
import { id, line, token } from '@/server/foundation/inputs';
import { approvalOutput } from '../approvals/schemas';
import { shownOptionsOutput } from '../connections/option-schemas';
import { mediaOutput } from '../posts/schemas';

export const completeActionInput = z.object({
  id: id('action'),
  /** The action's `fingerprint` as the user saw it. */
  fingerprint: token({ min: 1, max: 64 }),
  /** The value of one of the action's choices. */
  answer: line({ max: 100 }),
  /** URL of the post, for the answer that it exists. */
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
  /** Screen that shows the subject. */
  screen: z.string(),
  /** Whether it can be dismissed without an answer. */
  dismissible: z.boolean(),
  /** The answer that is given together with the post's URL, and whether the URL is required. */
  address: z.object({ with: z.string(), needed: z.boolean() }).nullable(),
  /** What a person has to do, for kinds that describe work: the steps, the text ready to copy and the files to download. */
  work: z
    .object({
      steps: factOutput,
      /** Address of the page on which it is done. */
      editor: z.string(),
      text: z.string(),
      media: z.array(mediaOutput),
      options: shownOptionsOutput,
    })
    .nullable(),
  deadlineAt: z.date().nullable(),
  state: z.enum(ACTION_STATES),
  answer: z.string().nullable(),
  createdAt: z.date(),
  /** Fingerprint of the current publications of the action. An answer must name it and is refused when it no longer matches. */
  fingerprint: z.string(),
});
export const todoOutput = z.object({
  approvals: z.array(approvalOutput),
  actions: z.array(actionOutput),
  count: z.number(),
});
export type Action = z.output<typeof actionOutput>;
