import { z } from 'zod';
import { APPROVAL_STATES, PUBLICATION_STATES } from '@/db/schema';
import { factOutput } from '@/server/foundation/facts';
import { id, limit, text, token } from '@/server/foundation/inputs';
import { mediaOutput } from '../posts/schemas';

export const listApprovalsInput = z.object({
  /** Without it: what can still be decided (open and kept). */
  state: z.enum(APPROVAL_STATES).optional(),
  limit: limit(200).default(100),
});
export const decideInput = z.object({
  id: id('approval'),
  decision: z.enum(['approve', 'reject']),
  /** The approval's `shown` as the person saw it. */
  shown: token({ min: 1, max: 64 }),
  note: text({ max: 500, trim: true }).optional(),
});

export const approvalOutput = z.object({
  id: z.string(),
  subjectType: z.enum(['post']),
  subjectId: z.string(),
  title: z.string(),
  state: z.enum(APPROVAL_STATES),
  policy: z.enum(['approve', 'reject', 'keep']),
  deadlineAt: z.date(),
  decidedAt: z.date().nullable(),
  decidedBy: z.string().nullable(),
  decidedVia: z.enum(['app', 'link', 'deadline']).nullable(),
  note: z.string().nullable(),
  /** What it was about was edited: the decision that is asked instead. */
  replacedBy: z.string().nullable(),
  createdAt: z.date(),
  /** Names what is shown here, so that a decision is about it and nothing else. */
  shown: z.string(),
  /** What goes out when this is approved. */
  publications: z.array(
    z.object({
      id: z.string(),
      platform: z.string(),
      connectionName: z.string(),
      /** What goes out, or a fact that says what it is: a repost of something. */
      text: z.union([z.string(), factOutput]),
      parts: z.array(z.object({ text: z.string(), link: z.string().optional() })),
      media: z.array(mediaOutput),
      link: z.string().nullable(),
      dueAt: z.date(),
      localTime: z.string(),
      timeZone: z.string(),
      state: z.enum(PUBLICATION_STATES),
    }),
  ),
  /** What goes out again and again from then on, beyond what is made already. */
  repeats: z.array(
    z.object({
      id: z.string(),
      /** When, in words, with the zone. */
      rule: factOutput,
      texts: z.array(
        z.object({
          connectionId: z.string(),
          connectionName: z.string(),
          platform: z.string(),
          text: z.string(),
          link: z.string().nullable(),
          parts: z.array(z.object({ text: z.string(), link: z.string().optional() })),
          media: z.array(mediaOutput),
        }),
      ),
    }),
  ),
});
export const approvalListOutput = z.array(approvalOutput);
export type Approval = z.output<typeof approvalOutput>;
export type Decision = z.output<typeof decideInput>['decision'];
