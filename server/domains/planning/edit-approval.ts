import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  APPROVAL_LISTS,
  approvals,
  type postingSettings,
  publications,
  series,
  type workspaces,
} from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import type { Platforms } from '@/server/verbs/platforms';
import { resolveAlert } from '../alerts/resolve-alert';
import { quotaFullAlert } from '../approval-requests/alert-keys';
import { newApproval, type PreparedApproval } from '../approval-requests/open-approval';
import { repostDescription } from '../follow-up-rules/repost-description';
import type { Post } from '../posts/schemas';
import type { Content } from '../publications/content';
import type { Due } from '../scheduling/resolve-due';
import type { Edit } from './edit';

/** Returns the approval request for an edit, or null if none is needed. */
export function editApproval(
  ctx: Ctx,
  edit: Edit,
  about: {
    workspace: typeof workspaces.$inferSelect;
    settings: typeof postingSettings.$inferSelect | null;
    post: Pick<Post, 'id' | 'title'>;
  },
  port: Platforms,
): PreparedApproval | null {
  if (!edit.asks) return null;
  const shown = [
    ...edit.changes
      .filter(
        // A publication cancelled by a stop comes back as decided.
        ({ row, to }) =>
          to === 'awaiting_approval' ||
          (to === 'cancelled' && (edit.mustAsk || row.setAsideFrom === 'awaiting_approval')),
      )
      .map(({ row, platform, next, due }) => ({ row, platform, content: next, due: due ?? row })),
    ...edit.along.map(({ row, platform }) => ({ row, platform, content: row as Content, due: row as Due })),
  ]
    .map(({ row, ...one }) => ({ ...one, connectionId: row.connectionId, kind: row.kind }))
    .sort((a, b) => b.due.dueAt.getTime() - a.due.dueAt.getTime());
  const approval = newApproval({
    ctx,
    workspace: about.workspace,
    settings: about.settings,
    post: about.post,
    // If an account has several, the earliest one.
    targets: [...new Map(shown.map((one) => [one.connectionId, one])).values()].map((one) => ({
      connectionId: one.connectionId,
      platform: one.platform,
      platformName: port.traits(one.platform)?.name ?? one.platform,
      options: one.content.options,
      variant:
        one.kind === 'repost'
          ? {
              ...one.content,
              text: repostDescription({ text: one.content.text, title: about.post.title }),
            }
          : one.content,
    })),
    dues: new Map(shown.map(({ connectionId, due }) => [connectionId, due])),
    repeats: edit.repeats.map(({ platform, rule, content }) => ({
      platform,
      platformName: port.traits(platform)?.name ?? platform,
      rule,
      variant: content,
      options: content.options,
    })),
  });
  // A stop cancelled all of them. The approval is requested when the stop is undone.
  const waits = edit.changes.some(({ to }) => to === 'awaiting_approval') || edit.along.length > 0;
  return waits || edit.series.length > 0
    ? approval
    : { ...approval, row: { ...approval.row, state: 'withdrawn' } };
}

/**
 * Moves the pending publications and series from the replaced approvals to the new one, and withdraws the old approvals, because they
 * covered something else. Does nothing without a new approval.
 */
export async function replaceDecisions(
  tx: Tx,
  ctx: Ctx,
  edit: Pick<Edit, 'along' | 'replaced' | 'series'>,
  approvalId: string | null,
): Promise<void> {
  if (!approvalId) return;
  const now = ctx.clock.now();
  if (edit.along.length > 0)
    await tx
      .update(publications)
      .set({ approvalId, updatedAt: now })
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          inArray(
            publications.id,
            edit.along.map(({ row }) => row.id),
          ),
        ),
      );
  if (edit.replaced.length > 0)
    await tx
      .update(approvals)
      .set({ state: 'withdrawn', decidedAt: now, replacedBy: approvalId })
      .where(
        and(
          eq(approvals.workspaceId, ctx.workspaceId),
          inArray(approvals.id, edit.replaced),
          inArray(approvals.state, APPROVAL_LISTS.replaceable),
        ),
      );
  for (const id of edit.replaced) await resolveAlert(tx, ctx, quotaFullAlert(id));
  if (edit.series.length > 0)
    await tx
      .update(series)
      .set({ approvalId, updatedAt: now })
      .where(and(eq(series.workspaceId, ctx.workspaceId), inArray(series.id, edit.series)));
}
