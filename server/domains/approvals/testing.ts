import type { Ctx } from '@/server/verbs/context';
import { decideApproval } from './decide-approval';
import { decideByLink, type LinkResult, readByLink } from './decide-by-link';
import { readApproval } from './queries';
import type { Approval, Decision } from './schemas';

/** Decides an approval exactly as currently shown. */
export async function decideAsShown(ctx: Ctx, id: string, decision: Decision): Promise<Approval> {
  const { fingerprint } = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readApproval(tx, ctx, id));
  return decideApproval(ctx, { id, decision, fingerprint });
}

/** Opens the page of an e-mail link and presses one of its buttons. */
export async function pressLink(
  gate: Parameters<typeof decideByLink>[0],
  token: string,
  decision: Decision,
): Promise<LinkResult> {
  const page = await readByLink(gate, token);
  return decideByLink(gate, token, {
    decision,
    fingerprint: 'approval' in page ? page.approval.fingerprint : '',
  });
}
