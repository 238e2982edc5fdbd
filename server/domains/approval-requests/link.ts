import { z } from 'zod';
import { signLink, verifyLink } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';

const PURPOSE = 'approval';
/** With the "keep" policy, an approval stays open after its deadline, and its link stays valid for this much longer, in milliseconds. */
const KEPT_LINK_MS = 30 * 24 * 3_600_000;
const payloadSchema = z.object({ approval: z.string(), workspace: z.string(), user: z.string() });
export type LinkPayload = z.output<typeof payloadSchema>;

/** Returns the URL with which one user decides one approval. */
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

/** Reads the token of an approval link and reports whether it is valid, expired or forged. */
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
