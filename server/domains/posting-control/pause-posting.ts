import { fact } from '@/server/foundation/facts';
import { defineVerb, nothing } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { holdIn, settleHold } from './hold';
import { getPosting } from './queries';
import { postingStateOutput } from './schemas';

/** Stops publishing until posting starts again. The queue is kept, and approving and editing go on. Idempotent. */
export const pausePosting = defineVerb({
  verb: 'autoPosting.pause',
  access: 'posting.pause',
  effect: 'change',
  input: nothing,
  output: postingStateOutput,
  run: async (ctx) => {
    const held = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      if (workspace.heldAt) return false;
      await holdIn(tx, ctx, 'pause');
      await recordActivity(tx, ctx, {
        verb: 'posting.paused',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: fact('postingControl.activity.paused'),
        before: { heldFor: null },
        after: { heldFor: 'pause' },
      });
      return true;
    });
    if (held) await settleHold(ctx);
    return getPosting(ctx);
  },
});
