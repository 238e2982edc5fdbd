import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, seriesOccurrences, seriesTargets } from '@/db/schema';
import type { Ctx } from '../context';
import type { Post } from '../posts/schemas';
import type { Edit } from '../publishing/edit-waiting';
import { MOST_AHEAD, type SeriesRow, upcoming } from './series-rule';

/**
 * What a series sends next of all that is not made yet, with these texts, on each of its accounts but `covered`: days are made 60 days
 * ahead, so of a series that starts later a decision would have nothing to show.
 */
export async function nextOfSeries(
  tx: Tx,
  ctx: Ctx,
  row: SeriesRow,
  variants: Post['variants'],
  covered: ReadonlySet<string>,
): Promise<Edit['next']> {
  const days = upcoming(row, ctx.clock.now(), MOST_AHEAD + 1);
  const targets = await tx
    .select({ id: connections.id, platform: connections.platform })
    .from(seriesTargets)
    .innerJoin(connections, eq(connections.id, seriesTargets.connectionId))
    .where(and(eq(seriesTargets.workspaceId, ctx.workspaceId), eq(seriesTargets.seriesId, row.id)))
    .orderBy(connections.id);
  const made = await tx
    .select({ connectionId: seriesOccurrences.connectionId, day: seriesOccurrences.day })
    .from(seriesOccurrences)
    .where(and(eq(seriesOccurrences.workspaceId, ctx.workspaceId), eq(seriesOccurrences.seriesId, row.id)));
  return targets.flatMap(({ id, platform }) => {
    const variant = variants.find((one) => one.platform === platform);
    const due = days.find(({ day }) => !made.some((one) => one.connectionId === id && one.day === day));
    if (!variant || !due || covered.has(id)) return [];
    const { text, link, parts, media } = variant;
    return [{ connectionId: id, platform, content: { text, link, parts, media }, due }];
  });
}
