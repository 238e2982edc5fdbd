import { APPROVAL_LISTS } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { applyDecision } from './apply-decision';
import { readApproval, readLatest } from './queries';
import { type Approval, approvalOutput, decideInput } from './schemas';

const ALREADY: Record<Exclude<Approval['state'], 'open' | 'kept'>, Fact> = {
  approved: fact('approvals.errors.alreadyApproved'),
  rejected: fact('approvals.errors.alreadyRejected'),
  withdrawn: fact('approvals.errors.alreadyCancelled'),
};

const REPLACED: Record<Approval['state'], Fact> = {
  open: fact('approvals.errors.replaced'),
  kept: fact('approvals.errors.replaced'),
  approved: fact('approvals.errors.replacedApproved'),
  rejected: fact('approvals.errors.replacedRejected'),
  withdrawn: fact('approvals.errors.replacedCancelled'),
};

/**
 * Approves or rejects an approval as its user saw it (`fingerprint`), and notifies the member who requested it. Throws `conflict` with the current state
 * if the approval has changed since or is already decided, for example by a concurrent decision.
 */
export const decideApproval = defineVerb({
  verb: 'approvals.decide',
  access: 'posts.decide',
  effect: 'change',
  input: decideInput,
  output: approvalOutput,
  run: async (ctx, { id, decision, fingerprint, note }) => {
    const via = ctx.actor.kind === 'link' ? 'link' : 'app';
    const { after, mailed } = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      // The pending publications of an approval only change under this lock.
      await lockWorkspace(tx, ctx.workspaceId);
      const before = await readApproval(tx, ctx, id);
      const { state, replacedBy } = before;
      const undecided = state === 'open' || state === 'kept';
      const done =
        undecided && before.fingerprint === fingerprint
          ? await applyDecision(tx, ctx, before, decision, { via, from: APPROVAL_LISTS.undecided, note })
          : null;
      if (!done && replacedBy) {
        const latest = await readLatest(tx, ctx, before);
        throw new AppError('conflict', REPLACED[latest.state], {
          details: { state, fingerprint: before.fingerprint, replacedBy: latest.id },
        });
      }
      if (!done)
        throw new AppError('conflict', undecided ? fact('approvals.errors.changed') : ALREADY[state], {
          details: { state, fingerprint: before.fingerprint },
        });
      return { after: await readApproval(tx, ctx, id), mailed: done.mailed };
    });
    if (decision === 'approve') await ctx.events.publish('publishing/sweep.requested', {});
    if (mailed) await ctx.events.publish('email/queued', {});
    return after;
  },
});
