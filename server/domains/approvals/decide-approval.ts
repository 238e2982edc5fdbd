import type { z } from 'zod';
import { AppError } from '@/server/foundation/errors';
import { type Ctx, requireRole } from '../context';
import { applyDecision } from './apply-decision';
import { readApproval } from './queries';
import { type Approval, decideInput } from './schemas';
import { tellAsker } from './tell-asker';

const ALREADY: Record<Approval['state'], string> = {
  open: 'This is still open. Try once more.',
  kept: 'This is still open. Try once more.',
  approved: 'This has been approved already.',
  rejected: 'This has been rejected already.',
  withdrawn: 'There is nothing left to decide: it was cancelled.',
};

const EDITED = 'It was edited in the meantime. Look at what it says now, and decide about that.';

/** Approves or rejects, and tells the person who asked. Decided once: the second decider gets a `conflict` that says what was decided. */
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
  const seen = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readApproval(tx, ctx.workspaceId, id));
  const mails = await tellAsker({
    ctx,
    approval: seen,
    outcome: decision === 'approve' ? 'approved' : 'rejected',
  });
  const after = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const done = await applyDecision(tx, ctx, seen, decision, { via, from: ['open', 'kept'], note, mails });
    const now = await readApproval(tx, ctx.workspaceId, id);
    if (!done)
      throw new AppError('conflict', now.replacedBy ? EDITED : ALREADY[now.state], {
        details: { state: now.state },
      });
    return now;
  });
  if (decision === 'approve') await ctx.signals.send('publishing/sweep.requested', {});
  if (mails.length > 0) await ctx.signals.send('email/queued', {});
  return after;
}
