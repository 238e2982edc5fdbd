import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { PUBLICATION_LISTS, publications } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at } from '@/db/statements';
import type { Ctx } from '@/server/verbs/context';
import { openApproval, type PreparedApproval } from '../approval-requests/open-approval';
import { closeActions } from '../publications/close-actions';
import { contentKey } from '../publications/content';
import { endAlerts } from '../publications/end-alerts';
import { MISSED_ACTION } from '../publications/missed';
import type { PublicationState } from '../publications/transitions';
import type { Change, Edit } from './edit';
import { replaceDecisions } from './edit-approval';

/**
 * Writes the result of `readEdit` under its locks. Returns the earliest due time of an edited publication that is scheduled; null if there
 * is none.
 */
export async function applyEdit(
  tx: Tx,
  ctx: Ctx,
  edit: Edit,
  approval: PreparedApproval | null,
): Promise<Date | null> {
  const now = ctx.clock.now();
  if (approval) await openApproval(tx, ctx, approval);
  const approvalId = approval?.row.id ?? null;
  const groups = new Map<string, Change[]>();
  for (const change of edit.changes) {
    const key = JSON.stringify([change.row.state, change.to, contentKey(change.next)]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const { next, to } = first;
    const asked = to === 'awaiting_approval';
    const stopped = to === 'cancelled' && (edit.mustAsk || first.row.setAsideFrom === 'awaiting_approval');
    await tx
      .update(publications)
      .set({
        text: next.text,
        link: next.link,
        parts: next.parts,
        // Unchanged media keep their uploads (`db/media.sql`).
        media: next.media,
        options: next.options,
        state: to,
        version: sql`${publications.version} + 1`,
        claimToken: null,
        // Lateness is measured from `claimedUntil`, so a publication that was already due does not become late because it was edited.
        claimedUntil: sql`case when ${publications.dueAt} <= ${at(now)} and ${publications.state} in ${listed(PUBLICATION_LISTS.unsent)} then ${at(now)} end`,
        ...(asked ? { approvalId, retryAt: null, problem: null, setAsideBy: null, setAsideFrom: null } : {}),
        ...(stopped ? { approvalId, setAsideFrom: 'awaiting_approval' as const } : {}),
        updatedAt: now,
      })
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          inArray(
            publications.id,
            group.map(({ row }) => row.id),
          ),
        ),
      );
  }
  const ids = (states: PublicationState[]) =>
    edit.changes
      .filter(({ row, to }) => states.includes(row.state) && to !== row.state)
      .map(({ row }) => row.id);
  await closeActions(tx, ctx, MISSED_ACTION, ids(['draft']));
  await endAlerts(tx, ctx, ids(['failed']));
  await replaceDecisions(tx, ctx, edit, approvalId);
  const going = edit.changes.filter(({ to }) => to === 'scheduled').map(({ row }) => row.dueAt.getTime());
  return going.length > 0 ? new Date(Math.min(...going)) : null;
}
