import { recordActivity } from '../activity/record-activity';
import { type Ctx, requireRole } from '../context';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { holdIn, settleHold } from './hold';
import { MAY_HOLD } from './policy';
import { getPosting } from './queries';
import type { PostingState } from './schemas';

/** Lets nothing go out until posting starts again. The queue is kept; approving and editing go on. Twice changes nothing. */
export async function pausePosting({ ctx }: { ctx: Ctx }): Promise<PostingState> {
  requireRole(ctx, MAY_HOLD.pause, 'pause posting');
  const held = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    if (workspace.heldAt) return false;
    await holdIn(tx, ctx, 'pause');
    await recordActivity(tx, ctx, {
      verb: 'posting.paused',
      subjectType: 'workspace',
      subjectId: ctx.workspaceId,
      summary: 'Paused posting; the queue is kept',
    });
    return true;
  });
  if (held) await settleHold(ctx);
  return getPosting({ ctx });
}
