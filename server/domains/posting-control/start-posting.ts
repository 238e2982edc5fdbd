import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { LISTING_LISTS, listings, PRICE_CHANGE_LISTS, priceChanges, workspaces } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { type Ctx, requirePermission } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { mailMembers } from './notify-members';
import { EMERGENCY_ALERT, MAY_START } from './policy';
import { getPosting } from './queries';
import { postingStateOutput } from './schemas';

const MAX_EVENTS = 500;

/**
 * Resumes publishing. The workspace's rule for missed posts decides about overdue posts at the next sweep, which is requested immediately.
 * After an emergency stop, every member is notified, and waiting listings and price changes continue. Throws `forbidden` for an operator if
 * an emergency stop is in force. Idempotent.
 */
export const startPosting = defineVerb({
  verb: 'autoPosting.start',
  access: 'posting.start',
  effect: 'change',
  input: nothing,
  output: postingStateOutput,
  run: async (ctx) => {
    const waiting = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      if (!workspace.heldFor) return null;
      requirePermission(ctx, MAY_START[workspace.heldFor]);
      await startIn(tx, ctx);
      const emergency = workspace.heldFor === 'emergency';
      await recordActivity(tx, ctx, {
        verb: 'posting.started',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: emergency
          ? fact('postingControl.activity.startedAll')
          : fact('postingControl.activity.started'),
        before: { heldFor: workspace.heldFor },
        after: { heldFor: null },
      });
      if (!emergency) return { listings: [], changes: [], emergency };
      await resolveAlert(tx, ctx, EMERGENCY_ALERT);
      const name = ctx.actor.name;
      await raiseAlert(tx, ctx, {
        key: `posting:started:${newId('event')}`,
        severity: 'info',
        title: fact('postingControl.alerts.startedAll'),
        body: fact('postingControl.alerts.startedAllBody', { person: name }),
        href: '/calendar',
      });
      await mailMembers(tx, ctx, { kind: 'started', at: ctx.clock.now(), sending: 0 });
      return { ...(await readWaiting(tx, ctx)), emergency };
    });
    if (waiting) {
      await ctx.events.publish('publishing/sweep.requested', {});
      if (waiting.emergency) await ctx.events.publish('email/queued', {});
      const { workspaceId } = ctx;
      for (const { id } of waiting.listings)
        await ctx.events.publish('selling/listing.requested', { workspaceId, listingId: id });
      for (const { id } of waiting.changes)
        await ctx.events.publish('selling/price-change.requested', { workspaceId, priceChangeId: id });
    }
    return getPosting(ctx);
  },
});

/** Ends the hold, in the caller's transaction. */
export async function startIn(tx: Tx, ctx: Ctx): Promise<void> {
  await tx
    .update(workspaces)
    .set({ heldAt: null, heldBy: null, heldFor: null })
    .where(eq(workspaces.id, ctx.workspaceId));
}

async function readWaiting(tx: Tx, ctx: Ctx) {
  return {
    listings: await tx
      .select({ id: listings.id })
      .from(listings)
      .where(
        and(eq(listings.workspaceId, ctx.workspaceId), inArray(listings.state, LISTING_LISTS.unfinished)),
      )
      .limit(MAX_EVENTS),
    changes: await tx
      .select({ id: priceChanges.id })
      .from(priceChanges)
      .where(
        and(
          eq(priceChanges.workspaceId, ctx.workspaceId),
          inArray(priceChanges.state, PRICE_CHANGE_LISTS.unfinished),
        ),
      )
      .limit(MAX_EVENTS),
  };
}
