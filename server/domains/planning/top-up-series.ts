import { and, asc, eq, gt } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { postingSettings, posts, series, workspaces } from '@/db/schema';
import { assertAllDone, eachRow } from '@/server/foundation/each-row';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import type { Platforms } from '@/server/verbs/platforms';
import { newApproval, type PreparedApproval } from '../approval-requests/open-approval';
import { DayRoom } from '../scheduling/count-day';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { makeOccurrences } from './make-occurrences';
import { hurry } from './schedule-publications';
import { type SeriesText, seriesFact } from './series-texts';

const PAGE = 200;

/** The workspaces that have series running, after a given one, so that the work can be done in parts. */
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

/** Makes what is missing of one workspace's series for the time ahead, each in a transaction of its own. Safe to repeat. */
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
    what: 'Making the posts of a series',
    of: ({ id }) => ({ workspaceId: ctx.workspaceId, seriesId: id }),
    async work({ id }) {
      const make = (ask?: Parameters<typeof makeOccurrences>[5]) =>
        ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
          const workspace = await lockWorkspace(tx, ctx.workspaceId);
          const [row] = await tx
            .select()
            .from(series)
            .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, id)))
            .for('update');
          return row ? makeOccurrences(tx, ctx, row, new DayRoom(tx, workspace), ctx.platforms, ask) : null;
        });
      let result = await make();
      made += result?.made ?? 0;
      if (result?.first) await hurry(ctx, result.first);
      if (!result?.undecided.length) return;
      // A text that came by a way that asked nobody. What changes beside this is asked about the next time.
      const about = result.undecided;
      const approval = await prepareApproval(ctx, id, about, ctx.platforms);
      result = await make({ about, approval });
      made += result?.made ?? 0;
      if (result && result.undecided.length === 0) await ctx.events.publish('email/queued', {});
    },
  });
  assertAllDone(swept, 'Making the posts of series');
  return { made };
}

/** A decision about texts that a series would send and nobody decided about. */
async function prepareApproval(
  ctx: Ctx,
  id: string,
  texts: readonly SeriesText[],
  port: Platforms,
): Promise<PreparedApproval> {
  const ahead = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [found] = await tx
      .select({ row: series, post: posts, workspace: workspaces, settings: postingSettings })
      .from(series)
      .innerJoin(posts, eq(posts.id, series.postId))
      .innerJoin(workspaces, eq(workspaces.id, series.workspaceId))
      .leftJoin(postingSettings, eq(postingSettings.workspaceId, workspaces.id))
      .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, id)));
    if (!found) throw notFound('repeatedPost');
    return found;
  });
  return newApproval({
    ctx,
    ...ahead,
    post: ahead.post,
    targets: [],
    dues: new Map(),
    repeats: texts.flatMap(({ platform, content }) =>
      content
        ? [
            {
              platformName: port.traits(platform)?.name ?? platform,
              rule: seriesFact(ahead.row),
              variant: content,
            },
          ]
        : [],
    ),
  });
}
