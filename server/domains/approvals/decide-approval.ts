import type { z } from 'zod';
import { AppError } from '@/server/foundation/errors';
import { type Ctx, requireRole } from '../context';
import { applyDecision } from './apply-decision';
import { readApproval } from './queries';
import { type Approval, decideInput } from './schemas';

const ALREADY: Record<Approval['state'], string> = {
  open: 'This is still open. Try once more.',
  kept: 'This is still open. Try once more.',
  approved: 'This has been approved already.',
  rejected: 'This has been rejected already.',
  withdrawn: 'There is nothing left to decide: it was cancelled.',
};

/** Approves or rejects. Decided once: the second decider gets a `conflict` that says what was decided. */
export async function decideApproval({
  ctx,
  input,
  via = 'app',
}: {
  ctx: Ctx;
  input: z.input<typeof decideInput>;
  via?: 'app' | 'link';
}): Promise<Approval> {
  requireRole(ctx, 'manager', 'decide approvals');
  const { id, decision, note } = decideInput.parse(input);
  const after = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const approval = await readApproval(tx, ctx.workspaceId, id);
    const done = await applyDecision(tx, ctx, approval, decision, { via, from: ['open', 'kept'], note });
    const now = await readApproval(tx, ctx.workspaceId, id);
    if (!done) throw new AppError('conflict', ALREADY[now.state], { details: { state: now.state } });
    return now;
  });
  if (decision === 'approve') await ctx.signals.send('publishing/sweep.requested', {});
  return after;
}
