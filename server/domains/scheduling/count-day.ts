import { and, eq, gte, inArray, lt, notInArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { PUBLICATION_LISTS, publications, type workspaces } from '@/db/schema';
import { asWorkspaceId } from '@/server/foundation/ids';
import { localDayOf } from '@/server/foundation/local-time';
import { assertWithinLimit, PLAN_TERMS } from '../plans/plans';

/**
 * Whether a publication counts towards the plan's posts per day. A post counts once with all its parts; what belongs to a counted post
 * (thread parts, a comment, a repost, a follow-up) does not. `usedOnDay` follows the same rule.
 */
export const countsTowardsPlan = ({ kind }: Pick<typeof publications.$inferSelect, 'kind'>): boolean =>
  kind === 'post';

/**
 * Throws `limit_reached` if the plan has no capacity for `adding` more publications on the local day of `due`. Must run in the transaction
 * that holds the workspace's lock. `excludedIds` are rows that move and are not counted at their current time.
 */
export async function assertDailyQuota(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  due: Date,
  adding: number,
  excludedIds: readonly string[] = [],
): Promise<void> {
  assertWithinLimit(workspace.plan, 'postsPerDay', await usedOnDay(tx, workspace, due, excludedIds), adding);
}

/** Returns how many more publications the plan allows on the local day of `due`. */
export async function remainingOnDay(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  due: Date,
  excludedIds: readonly string[] = [],
): Promise<number> {
  const { postsPerDay } = PLAN_TERMS[workspace.plan].limits;
  if (postsPerDay === null) return Number.POSITIVE_INFINITY;
  return Math.max(0, postsPerDay - (await usedOnDay(tx, workspace, due, excludedIds)));
}

/**
 * The plan's remaining capacity on the local days of a workspace, while many publications are created in a transaction that holds the
 * workspace's lock. Each day is queried once; places taken here are added to it.
 */
export class DailyQuota {
  private readonly used = new Map<number, number>();
  private readonly tx: Tx;
  private readonly workspace: typeof workspaces.$inferSelect;
  private readonly excludedIds: readonly string[];

  constructor(tx: Tx, workspace: typeof workspaces.$inferSelect, excludedIds: readonly string[] = []) {
    this.tx = tx;
    this.workspace = workspace;
    this.excludedIds = excludedIds;
  }

  /** Takes a place on the day of `due`. Returns false if the day is full. */
  async take(due: Date): Promise<boolean> {
    const allowed = PLAN_TERMS[this.workspace.plan].limits.postsPerDay;
    if (allowed === null) return true;
    const day = localDayOf(due, this.workspace.timeZone).from.getTime();
    const used = this.used.get(day) ?? (await usedOnDay(this.tx, this.workspace, due, this.excludedIds));
    this.used.set(day, used < allowed ? used + 1 : used);
    return used < allowed;
  }
}

async function usedOnDay(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  due: Date,
  excludedIds: readonly string[],
): Promise<number> {
  const day = localDayOf(due, workspace.timeZone);
  const [row] = await tx
    .select({ used: sql<number>`count(*)::int` })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, asWorkspaceId(workspace.id)),
        gte(publications.dueAt, day.from),
        lt(publications.dueAt, day.to),
        inArray(publications.state, PUBLICATION_LISTS.counted),
        // A thread counts as one post of the plan, and so does a post with its comment.
        eq(publications.kind, 'post'),
        excludedIds.length > 0 ? notInArray(publications.id, [...excludedIds]) : undefined,
      ),
    );
  return row?.used ?? 0;
}
