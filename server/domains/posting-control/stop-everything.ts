import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { defineVerb, nothing } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { holdIn, settleHold } from './hold';
import { notifyOfStop } from './notify-members';
import { EMERGENCY_ALERT } from './policy';
import { getPosting } from './queries';
import { postingStateOutput } from './schemas';

/**
 * The emergency stop. Once it has committed, nothing in the workspace starts, and no request that changes anything is sent to a platform.
 * Publications that are being sent at that moment cannot be recalled, and their outcome is still recorded. Every member is notified by an
 * alert and by e-mail. The e-mails are queued after the stop, so that the stop never waits for them; `notifyOfPendingStops` queues them if the
 * process ended in between. Repeating the stop changes nothing.
 */
export const stopEverything = defineVerb({
  verb: 'autoPosting.emergencyStop',
  access: 'posting.pause',
  effect: 'change',
  input: nothing,
  output: postingStateOutput,
  run: async (ctx) => {
    const held = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      if (workspace.heldFor === 'emergency') return false;
      await holdIn(tx, ctx, 'emergency');
      await raiseAlert(tx, ctx, {
        key: EMERGENCY_ALERT,
        severity: 'serious',
        title: fact('postingControl.alerts.stoppedAll'),
        body: fact('postingControl.alerts.stoppedAllBody', { person: ctx.actor.name }),
      });
      await recordActivity(tx, ctx, {
        verb: 'posting.emergency',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: fact('postingControl.activity.stoppedAll'),
        before: { heldFor: workspace.heldFor },
        after: { heldFor: 'emergency' },
      });
      return true;
    });
    if (held) {
      await settleHold(ctx);
      const state = await getPosting(ctx);
      try {
        if (state.hold) await notifyOfStop(ctx, { at: state.hold.since, sending: state.hold.sending });
      } catch (error) {
        // The stop is in force; the sweep will queue the e-mails.
        log().error({ err: error, workspace: ctx.workspaceId }, 'could not queue the e-mails about a stop');
      }
      return state;
    }
    return getPosting(ctx);
  },
});
