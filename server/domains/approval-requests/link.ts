import { z } from 'zod';
import { signLink, verifyLink } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';

const PURPOSE = 'approval';
/** With "keep" the decision stays open after the deadline, and so does its link, for a while. */
const KEPT_LINK_MS = 30 * 24 * 3_600_000;
const payloadSchema = z.object({ approval: z.string(), workspace: z.string(), user: z.string() });
export type LinkPayload = z.output<typeof payloadSchema>;

/** The address with which one person decides one approval. */
export function approvalLink(
  approval: { id: string; workspaceId: string; policy: string; deadlineAt: Date },
  userId: string,
): string {
  const expires = new Date(approval.deadlineAt.getTime() + (approval.policy === 'keep' ? KEPT_LINK_MS : 0));
  const token = signLink(
    PURPOSE,
    { approval: approval.id, workspace: approval.workspaceId, user: userId },
    expires,
  );
  return `${env().appUrl}/api/approvals/${token}`;
}

/** Reads a link's token: who may decide what, that its time is over, or that we did not make it. */
export function readApprovalLink(
  token: string,
  now: Date,
): { kind: 'valid' | 'expired'; payload: LinkPayload } | { kind: 'forged' } {
  try {
    const valid = verifyLink(PURPOSE, token, now);
    const payload = payloadSchema.safeParse(valid ?? verifyLink(PURPOSE, token, new Date(0)));
    return payload.success
      ? { kind: valid ? 'valid' : 'expired', payload: payload.data }
      : { kind: 'forged' };
  } catch {
    return { kind: 'forged' };
  }
}
