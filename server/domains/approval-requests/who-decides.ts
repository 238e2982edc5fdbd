import { and, eq, inArray, type SQL } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { members, type postingSettings } from '@/db/schema';
import { type Ctx, can } from '@/server/verbs/context';
import { rolesWith } from '@/server/verbs/permissions';

type Settings = Pick<typeof postingSettings.$inferSelect, 'review'> | null | undefined;

/** Whether a member is one who decides about posts. */
export const isDecider = (): SQL => inArray(members.role, rolesWith('posts.decide'));

const reviewsFirst = (settings: Settings): boolean => settings?.review !== 'post_at_once';

/**
 * Whether what this person sends on its way, or changes while it waits, is decided about by somebody first. Who may decide does so by
 * sending it: nobody is asked to approve their own post.
 */
export const asksFirst = (ctx: Pick<Ctx, 'actor'>, settings: Settings): boolean =>
  reviewsFirst(settings) && !(ctx.actor.kind === 'member' && can(ctx, 'posts.decide'));

/**
 * The same for what goes out by itself: nobody is asked when everybody who wrote it (as actors' keys) may decide now. What was written by
 * somebody who left or who may not decide is asked about. Inside the workspace's transaction.
 */
export async function asksFirstFor(
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
