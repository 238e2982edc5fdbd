import { z } from 'zod';
import { APPROVAL_STATES, PUBLICATION_STATES } from '@/db/schema';
import { factOutput } from '@/server/foundation/facts';
import { id, limit, text, token } from '@/server/foundation/inputs';
import { shownOptionsOutput } from '../connections/option-schemas';
import { mediaOutput } from '../posts/schemas';

export const listApprovalsInput = z.object({
  /** If missing, lists approvals that can still be decided (open and kept). */
  state: z.enum(APPROVAL_STATES).optional(),
  limit: limit(200).default(100),
});
export const decideInput = z.object({
  id: id('approval'),
  decision: z.enum(['approve', 'reject']),
  /** Fingerprint (`fingerprint`) of the approval as the user saw it. */
  fingerprint: token({ min: 1, max: 64 }),
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
  /** Id of the approval that replaced this one after its subject was edited. */
  replacedBy: z.string().nullable(),
  createdAt: z.date(),
  /** Fingerprint of what is shown here. A decision must name it. */
  fingerprint: z.string(),
  /** Publications that this approval releases. */
  publications: z.array(
    z.object({
      id: z.string(),
      platform: z.string(),
      connectionName: z.string(),
      /** The text, or a fact that describes it, such as a repost. */
      text: z.union([z.string(), factOutput]),
      parts: z.array(z.object({ text: z.string(), link: z.string().optional() })),
      media: z.array(mediaOutput),
      link: z.string().nullable(),
      options: shownOptionsOutput,
      dueAt: z.date(),
      localTime: z.string(),
      timeZone: z.string(),
      state: z.enum(PUBLICATION_STATES),
    }),
  ),
  /** Series that this approval releases, beyond the publications that exist already. */
  repeats: z.array(
    z.object({
      id: z.string(),
      /** The schedule as text, with the time zone. */
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
          options: shownOptionsOutput,
        }),
      ),
    }),
  ),
});
export const approvalListOutput = z.array(approvalOutput);
export type Approval = z.output<typeof approvalOutput>;
export type Decision = z.output<typeof decideInput>['decision'];
