import { and, eq, inArray, type SQL } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { members, type postingSettings } from '@/db/schema';
import { type Ctx, can } from '@/server/verbs/context';
import { rolesWith } from '@/server/verbs/permissions';

type Settings = Pick<typeof postingSettings.$inferSelect, 'review'> | null | undefined;

/** Whether a member can decide about posts. */
export const isDecider = (): SQL => inArray(members.role, rolesWith('posts.decide'));

const reviewsFirst = (settings: Settings): boolean => settings?.review !== 'post_at_once';

/**
 * Whether a post that this user sends, or changes while it is pending, needs approval first. A member who can approve does so by sending
 * the post, because nobody approves their own posts.
 */
export const needsApproval = (ctx: Pick<Ctx, 'actor'>, settings: Settings): boolean =>
  reviewsFirst(settings) && !(ctx.actor.kind === 'member' && can(ctx, 'posts.decide'));

/**
 * Like `needsApproval`, for posts that are published automatically: no approval is needed if all `writers` (actor keys) can approve now. A
 * writer who has left the workspace or cannot approve makes one necessary. Runs in the workspace's transaction.
 */
export async function needsApprovalForWriters(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  settings: Settings,
  writers: readonly string[],
): Promise<boolean> {
  if (!reviewsFirst(settings)) return false;
  const people = [...new Set(writers)].map((key) => /^user:(.+)$/.exec(key)?.[1]);
  const known = people.flatMap((id) => id ?? []);
  if (known.length < people.length) return true;
  if (known.length === 0) return false;
  const deciding = await tx
    .select({ id: members.userId })
    .from(members)
    .where(and(eq(members.workspaceId, ctx.workspaceId), inArray(members.userId, known), isDecider()));
  return deciding.length < known.length;
}
