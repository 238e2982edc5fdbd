import { and, asc, eq, gt } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { postingSettings, posts, series, type workspaces } from '@/db/schema';
import { assertNoneFailed, eachRow } from '@/server/foundation/each-row';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { newApproval, type PreparedApproval } from '../approval-requests/open-approval';
import { requestSweep } from '../publications/request-sweep';
import { DailyQuota } from '../scheduling/count-day';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { makeOccurrences } from './make-occurrences';
import type { SeriesRow } from './series-rule';
import { type SeriesText, seriesFact } from './series-texts';

const PAGE = 200;

/** Returns a page of ids of workspaces with active series, after a given id. */
export async function workspacesWithSeries(db: Db, after = ''): Promise<string[]> {
  const rows = await db.asSystem((tx) =>
    tx
      .selectDistinct({ id: series.workspaceId })
      .from(series)
      .where(and(eq(series.state, 'active'), gt(series.workspaceId, after)))
      .orderBy(asc(series.workspaceId))
      .limit(PAGE),
  );
  return rows.map((row) => row.id);
}

/** Creates the missing occurrences of a workspace's series for the period ahead, with one transaction per series. Safe to repeat. */
export async function topUpSeries({ ctx }: { ctx: Ctx }): Promise<{ made: number }> {
  const running = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({ id: series.id })
      .from(series)
      .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.state, 'active')))
      .orderBy(asc(series.id)),
  );
  let made = 0;
  const swept = await eachRow(running, {
    what: 'Creating the posts of a series',
    of: ({ id }) => ({ workspaceId: ctx.workspaceId, seriesId: id }),
    async work({ id }) {
      const done = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        const workspace = await lockWorkspace(tx, ctx.workspaceId);
        const quota = new DailyQuota(tx, workspace);
        const make = async (ask?: (row: SeriesRow) => Promise<PreparedApproval>) => {
          const [row] = await tx
            .select()
            .from(series)
            .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, id)))
            .for('update');
          return row ? makeOccurrences(tx, ctx, row, quota, ctx.platforms, await ask?.(row)) : null;
        };
        const decided = await make();
        if (!decided?.undecided.length) return { ...decided, asks: false };
        // Some texts were stored without an approval request, so their posts are created pending a new approval.
        const waiting = await make((row) => approvalOf(tx, ctx, workspace, row, decided.undecided));
        return {
          made: decided.made + (waiting?.made ?? 0),
          first: decided.first,
          asks: waiting?.undecided.length === 0,
        };
      });
      made += done.made ?? 0;
      if (done.first) await requestSweep(ctx, done.first);
      if (done.asks) await ctx.events.publish('email/queued', {});
    },
  });
  assertNoneFailed(swept, 'Creating the posts of series');
  return { made };
}

/** Prepares an approval of texts that a series would send without one. */
async function approvalOf(
  tx: Tx,
  ctx: Ctx,
  workspace: typeof workspaces.$inferSelect,
  row: SeriesRow,
  texts: readonly SeriesText[],
): Promise<PreparedApproval> {
  const [found] = await tx
    .select({ post: posts, settings: postingSettings })
    .from(posts)
    .leftJoin(postingSettings, eq(postingSettings.workspaceId, posts.workspaceId))
    .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, row.postId)));
  if (!found) throw notFound('repeatedPost');
  return newApproval({
    ctx,
    workspace,
    settings: found.settings,
    post: found.post,
    targets: [],
    dues: new Map(),
    repeats: texts.flatMap(({ platform, content }) =>
      content
        ? [
            {
              platform,
              platformName: ctx.platforms.traits(platform)?.name ?? platform,
              rule: seriesFact(row),
              variant: content,
              options: content.options,
            },
          ]
        : [],
    ),
  });
}
