import { and, eq, gte, inArray, lt, notInArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { PUBLICATION_LISTS, publications, type workspaces } from '@/db/schema';
import { asWorkspaceId } from '@/server/foundation/ids';
import { localDayOf } from '@/server/foundation/local-time';
import { assertWithinLimit, PLAN_TERMS } from '../plans/plans';

/**
 * Whether a publication takes a place in the plan's posts a day: a post does, once with all its parts. What belongs to a post that is
 * counted (the parts of a thread, a comment, a repost, a follow-up) does not. `usedOnDay` counts by the same rule.
 */
export const takesPlace = ({ kind }: Pick<typeof publications.$inferSelect, 'kind'>): boolean =>
  kind === 'post';

/**
 * Throws `limit_reached` when the plan has no room for `adding` more publications on the local day of `due`. Call it in the
 * transaction that holds the workspace's lock. `excludedIds` are rows that move and are not to be counted where they are now.
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

/** How many more publications the plan allows on the local day of `due`. */
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
 * How much room the plan has on the local days of one workspace, while many publications are made in one transaction that holds
 * the workspace's lock. Each day is counted once; what is taken here is counted on.
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

  /** Takes one place on the day of `due`; false when the day is full. */
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
        // A thread is one post of the plan, and so is a post with its comment.
        eq(publications.kind, 'post'),
        excludedIds.length > 0 ? notInArray(publications.id, [...excludedIds]) : undefined,
      ),
    );
  return row?.used ?? 0;
}
