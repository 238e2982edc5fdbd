import { plain } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { defineVerb, nothing } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { holdIn, settleHold } from './hold';
import { EMERGENCY_ALERT } from './policy';
import { getPosting } from './queries';
import { postingStateOutput } from './schemas';
import { tellOfStop } from './tell-members';

/**
 * The emergency stop: from its commit on nothing of the workspace starts, and nothing that changes something leaves for a
 * platform. What is being sent at that moment cannot be called back; its end is still written. Every member is told by an
 * alert and by e-mail; the e-mails are made after the stop, so that it never waits for them (`tellOfUntoldStops` makes up
 * for a process that ended in between). Twice changes nothing.
 */
export const stopEverything = defineVerb({
  verb: 'autoPosting.emergencyStop',
  permission: 'posting.pause',
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
        title: plain('Everything is stopped'),
        body: plain(
          `${ctx.actor.name} pulled the emergency stop. No posts, listings or price changes go out until a manager or an owner starts it again.`,
        ),
      });
      await recordActivity(tx, ctx, {
        verb: 'posting.emergency',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: plain('Stopped everything in an emergency; the queue is kept'),
      });
      return true;
    });
    if (held) {
      await settleHold(ctx);
      const state = await getPosting(ctx);
      try {
        if (state.hold)
          await tellOfStop(ctx, { kind: 'stopped', at: state.hold.since, sending: state.hold.sending });
      } catch (error) {
        // The stop stands; the sweep tells of it.
        log().error({ err: error, workspace: ctx.workspaceId }, 'could not queue the e-mails about a stop');
      }
      return state;
    }
    return getPosting(ctx);
  },
});
