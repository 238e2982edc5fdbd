import { and, asc, eq, gt } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { series } from '@/db/schema';
import { assertAllDone, eachRow } from '@/server/foundation/each-row';
import { lockWorkspace } from '../billing/lock-workspace';
import type { Ctx } from '../context';
import { connectorPlatform } from '../publishing/connector-platform';
import { DayRoom } from '../publishing/count-day';
import type { PlatformPort } from '../publishing/platform-port';
import { hurry } from '../publishing/schedule-publications';
import { makeOccurrences } from './make-occurrences';

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
export async function topUpSeries({
  ctx,
  platform = connectorPlatform,
}: {
  ctx: Ctx;
  platform?: PlatformPort;
}): Promise<{ made: number }> {
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
      const result = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        const workspace = await lockWorkspace(tx, ctx.workspaceId);
        const [row] = await tx
          .select()
          .from(series)
          .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, id)))
          .for('update');
        return row ? makeOccurrences(tx, ctx, row, new DayRoom(tx, workspace), platform) : null;
      });
      made += result?.made ?? 0;
      if (result?.first) await hurry(ctx, result.first);
    },
  });
  assertAllDone(swept, 'Making the posts of series');
  return { made };
}
