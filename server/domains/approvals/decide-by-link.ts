import { and, eq } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { members, users } from '@/db/schema';
import type { Clock } from '@/server/foundation/clock';
import { isAppError } from '@/server/foundation/errors';
import { asWorkspaceId } from '@/server/foundation/ids';
import type { Ctx, Signals } from '../context';
import { decideApproval } from './decide-approval';
import { readApprovalLink } from './link';
import { readApproval } from './queries';
import type { Approval, Decision } from './schemas';

export type LinkAnswer =
  | { kind: 'forged' | 'expired' | 'gone' | 'not_allowed' }
  | { kind: 'open' | 'changed' | 'over' | 'decided'; approval: Approval }
  | { kind: 'refused'; message: string };

interface Gate {
  db: Db;
  clock: Clock;
  signals: Signals;
}

/** What a link in an e-mail leads to, without deciding anything: mail programs open links by themselves. */
export async function readByLink(gate: Gate, token: string): Promise<LinkAnswer> {
  const opened = await open(gate, token);
  return 'answer' in opened ? opened.answer : found(opened.ctx, opened.approvalId, opened.expired);
}

/**
 * Decides by a link in an e-mail, as the person whom it was sent to, if they may still decide. `shown` names what the link's page showed them;
 * when something else waits by now, nothing is decided and the answer is `changed`, with what waits.
 */
export async function decideByLink(
  gate: Gate,
  token: string,
  { decision, shown }: { decision: Decision; shown: string },
): Promise<LinkAnswer> {
  const opened = await open(gate, token);
  if ('answer' in opened) return opened.answer;
  const before = await found(opened.ctx, opened.approvalId, opened.expired);
  if (before.kind !== 'open') return before;
  if (before.approval.shown !== shown) return { kind: 'changed', approval: before.approval };
  try {
    const approval = await decideApproval({
      ctx: opened.ctx,
      input: { id: opened.approvalId, decision, shown },
      via: 'link',
    });
    return { kind: 'decided', approval };
  } catch (error) {
    if (!isAppError(error)) throw error;
    // Somebody else was a moment faster, or the plan has no room.
    const after = await found(opened.ctx, opened.approvalId, false);
    if (after.kind !== 'open') return after;
    return after.approval.shown === shown
      ? { kind: 'refused', message: error.message }
      : { kind: 'changed', approval: after.approval };
  }
}

async function open(
  gate: Gate,
  token: string,
): Promise<{ answer: LinkAnswer } | { ctx: Ctx; approvalId: string; expired: boolean }> {
  const link = readApprovalLink(token, gate.clock.now());
  if (link.kind === 'forged') return { answer: { kind: 'forged' } };
  const { workspace, user, approval } = link.payload;
  const [member] = await gate.db.asSystem((tx) =>
    tx
      .select({ role: members.role, name: users.name })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.workspaceId, workspace), eq(members.userId, user))),
  );
  if (!member || (member.role !== 'owner' && member.role !== 'manager'))
    return { answer: { kind: 'not_allowed' } };
  return {
    ctx: {
      ...gate,
      workspaceId: asWorkspaceId(workspace),
      actor: { kind: 'link', name: user },
      role: member.role,
    },
    approvalId: approval,
    expired: link.kind === 'expired',
  };
}

async function found(ctx: Ctx, id: string, expired: boolean): Promise<LinkAnswer> {
  try {
    const approval = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readApproval(tx, ctx.workspaceId, id));
    const undecided = approval.state === 'open' || approval.state === 'kept';
    if (!undecided) return { kind: 'over', approval };
    return expired ? { kind: 'expired' } : { kind: 'open', approval };
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return { kind: 'gone' };
    throw error;
  }
}
