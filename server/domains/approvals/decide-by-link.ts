import { and, eq } from 'drizzle-orm';
import { members, users, workspaces } from '@/db/schema';
import { isAppError } from '@/server/foundation/errors';
import type { Fact } from '@/server/foundation/facts';
import { asWorkspaceId } from '@/server/foundation/ids';
import { type Ctx, linkActor, type Services } from '@/server/verbs/context';
import { permissionsOf } from '@/server/verbs/permissions';
import { readApprovalLink } from '../approval-requests/link';
import { decideApproval } from './decide-approval';
import { readApproval, readLatest } from './queries';
import type { Approval, Decision } from './schemas';

export type LinkResult =
  | { kind: 'forged' | 'expired' | 'gone' | 'not_allowed' }
  | { kind: 'open' | 'changed'; approval: Approval }
  | { kind: 'decided'; approval: Approval; outcome: Outcome }
  /** Nothing is left to decide. `pressed` tells whether the user pressed a button or only opened the page. */
  | { kind: 'over'; pressed: boolean; approval: Approval; outcome: Outcome }
  | { kind: 'refused'; reason: Fact | string };

/** The outcome of an approval. */
export interface Outcome {
  /** The approval that replaced this one after moves and edits, or this one if nothing replaced it. */
  latest: Approval;
  /** Who decided `latest`. */
  by: { kind: 'you' | 'deadline' | 'somebody' } | { kind: 'person'; name: string };
  /** Why publishing is on hold in the workspace; null if it is not. */
  hold: typeof workspaces.$inferSelect.heldFor;
}

/** Reads the approval behind an e-mail link without deciding anything, because mail clients open links automatically. */
export async function readByLink(gate: Services, token: string): Promise<LinkResult> {
  const opened = await open(gate, token);
  return 'answer' in opened ? opened.answer : found(opened, { expired: opened.expired, pressed: false });
}

/**
 * Decides an approval by e-mail link on behalf of the recipient, if they still can approve. `fingerprint` is the fingerprint that the page
 * displayed; if the approval has changed since, nothing is decided and the result is `changed` with the current contents.
 */
export async function decideByLink(
  gate: Services,
  token: string,
  { decision, fingerprint }: { decision: Decision; fingerprint: string },
): Promise<LinkResult> {
  const opened = await open(gate, token);
  if ('answer' in opened) return opened.answer;
  const before = await found(opened, { expired: opened.expired, pressed: true });
  if (before.kind !== 'open') return before;
  if (before.approval.fingerprint !== fingerprint) return { kind: 'changed', approval: before.approval };
  try {
    const approval = await decideApproval(opened.ctx, { id: opened.approvalId, decision, fingerprint });
    return { kind: 'decided', approval, outcome: await outcomeOf(opened.ctx, approval) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    // Another member decided first, or the plan has no capacity left.
    const after = await found(opened, { expired: false, pressed: true });
    if (after.kind !== 'open') return after;
    return after.approval.fingerprint === fingerprint
      ? { kind: 'refused', reason: error.fact }
      : { kind: 'changed', approval: after.approval };
  }
}

async function open(
  gate: Services,
  token: string,
): Promise<{ answer: LinkResult } | { ctx: Ctx; approvalId: string; expired: boolean }> {
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
  if (!member || !permissionsOf(member.role).has('posts.decide')) return { answer: { kind: 'not_allowed' } };
  return {
    ctx: {
      ...gate,
      workspaceId: asWorkspaceId(workspace),
      actor: linkActor({ userId: user, name: member.name }),
    },
    approvalId: approval,
    expired: link.kind === 'expired',
  };
}

async function found(
  { ctx, approvalId: id }: { ctx: Ctx; approvalId: string },
  { expired, pressed }: { expired: boolean; pressed: boolean },
): Promise<LinkResult> {
  try {
    const approval = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readApproval(tx, ctx, id));
    const undecided = approval.state === 'open' || approval.state === 'kept';
    if (!undecided) return { kind: 'over', pressed, approval, outcome: await outcomeOf(ctx, approval) };
    return expired ? { kind: 'expired' } : { kind: 'open', approval };
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return { kind: 'gone' };
    throw error;
  }
}

async function outcomeOf(ctx: Ctx, approval: Approval): Promise<Outcome> {
  const { latest, hold } = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [workspace] = await tx
      .select({ hold: workspaces.heldFor })
      .from(workspaces)
      .where(eq(workspaces.id, ctx.workspaceId));
    return { latest: await readLatest(tx, ctx, approval), hold: workspace?.hold ?? null };
  });
  return { latest, hold, by: await deciderOf(ctx, latest) };
}

async function deciderOf(ctx: Ctx, { decidedVia, decidedBy }: Approval): Promise<Outcome['by']> {
  if (decidedVia === 'deadline') return { kind: 'deadline' };
  const userId = /^(?:user|link):(.+)$/.exec(decidedBy ?? '')?.[1];
  if (!userId) return { kind: 'somebody' };
  if (ctx.actor.kind === 'link' && ctx.actor.userId === userId) return { kind: 'you' };
  const [person] = await ctx.db.asSystem((tx) =>
    tx.select({ name: users.name }).from(users).where(eq(users.id, userId)),
  );
  return person ? { kind: 'person', name: person.name } : { kind: 'somebody' };
}
