import { and, desc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import {
  APPROVAL_LISTS,
  approvals,
  connections,
  PUBLICATION_LISTS,
  posts,
  publications,
  series,
  seriesOccurrences,
  seriesTargets,
} from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { readPublications } from '../publications/queries';
import { publicationOutput } from '../publications/schemas';
import { ruleFact } from '../scheduling/recurrence';
import { hhmm } from '../scheduling/slot-times';
import { listSeriesInput, type Series, seriesIdInput, seriesListOutput, seriesOutput } from './schemas';
import { ruleOf, type SeriesRow, upcoming } from './series-rule';

const SHOWN = 5;
const MAX_WAITING = 100;

/** Lists the repeated posts, newest first, with their rule as text and their next times. */
export const listSeries = defineVerb({
  verb: 'planning.series',
  access: 'workspace.read',
  effect: 'read',
  input: listSeriesInput,
  output: seriesListOutput,
  run: async (ctx, input) => {
    const { state, limit, cursor } = input;
    const after = readTimeCursor(cursor);
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await tx
        .select()
        .from(series)
        .where(
          and(
            eq(series.workspaceId, ctx.workspaceId),
            eq(series.state, state),
            after
              ? or(
                  lt(series.createdAt, after.at),
                  and(eq(series.createdAt, after.at), lt(series.id, after.id)),
                )
              : undefined,
          ),
        )
        .orderBy(desc(series.createdAt), desc(series.id))
        .limit(limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: await describe(tx, ctx, page),
        nextCursor: rows.length > limit && last ? writeTimeCursor(last.createdAt, last.id) : null,
      };
    });
  },
});

/** Reads a repeated post with its pending publications, by time. */
export const getSeries = defineVerb({
  verb: 'planning.getSeries',
  access: 'workspace.read',
  effect: 'read',
  input: seriesIdInput,
  output: z.object({
    series: seriesOutput,
    waiting: z.array(publicationOutput.extend({ day: z.string() })),
  }),
  run: async (ctx, input) => {
    const { id } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await tx
        .select()
        .from(series)
        .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, id)));
      const [shown] = await describe(tx, ctx, rows);
      if (!shown) throw notFound('repeatedPost');
      const waiting = await tx
        .select({ id: publications.id, day: seriesOccurrences.day })
        .from(seriesOccurrences)
        .innerJoin(publications, eq(publications.id, seriesOccurrences.publicationId))
        .where(
          and(
            eq(seriesOccurrences.workspaceId, ctx.workspaceId),
            eq(seriesOccurrences.seriesId, id),
            inArray(publications.state, PUBLICATION_LISTS.waiting),
          ),
        )
        .orderBy(publications.dueAt, publications.id)
        .limit(MAX_WAITING);
      const days = new Map(waiting.map((w) => [w.id, w.day]));
      const items = await readPublications(tx, ctx, [...days.keys()]);
      return { series: shown, waiting: items.map((item) => ({ ...item, day: days.get(item.id) ?? '' })) };
    });
  },
});

async function describe(tx: Tx, ctx: Ctx, rows: readonly SeriesRow[]): Promise<Series[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const titles = await tx
    .select({ id: posts.id, title: posts.title })
    .from(posts)
    .where(
      and(
        eq(posts.workspaceId, ctx.workspaceId),
        inArray(
          posts.id,
          rows.map((row) => row.postId),
        ),
      ),
    );
  const targets = await tx
    .select({
      seriesId: seriesTargets.seriesId,
      connectionId: connections.id,
      platform: connections.platform,
      name: connections.remoteName,
      status: connections.status,
      options: seriesTargets.options,
    })
    .from(seriesTargets)
    .innerJoin(connections, eq(connections.id, seriesTargets.connectionId))
    .where(and(eq(seriesTargets.workspaceId, ctx.workspaceId), inArray(seriesTargets.seriesId, ids)))
    .orderBy(connections.createdAt, connections.id);
  const counts = await tx
    .select({
      seriesId: seriesOccurrences.seriesId,
      made: sql<number>`(count(*) filter (where ${publications.state} = 'published'))::int`,
      waiting: sql<number>`(count(*) filter (where ${inArray(publications.state, PUBLICATION_LISTS.waiting)}))::int`,
    })
    .from(seriesOccurrences)
    .innerJoin(publications, eq(publications.id, seriesOccurrences.publicationId))
    .where(and(eq(seriesOccurrences.workspaceId, ctx.workspaceId), inArray(seriesOccurrences.seriesId, ids)))
    .groupBy(seriesOccurrences.seriesId);
  const decisions = rows.flatMap((row) => (row.approvalId ? [row.approvalId] : []));
  const open =
    decisions.length === 0
      ? []
      : await tx
          .select({ id: approvals.id })
          .from(approvals)
          .where(
            and(
              eq(approvals.workspaceId, ctx.workspaceId),
              inArray(approvals.id, decisions),
              inArray(approvals.state, APPROVAL_LISTS.undecided),
            ),
          );
  const now = ctx.clock.now();
  return rows.map((row) => ({
    id: row.id,
    postId: row.postId,
    postTitle: titles.find((t) => t.id === row.postId)?.title ?? '',
    rule: ruleFact(ruleOf(row), hhmm(row.minute)),
    unit: row.unit,
    time: hhmm(row.minute),
    timeZone: row.timeZone,
    state: row.state,
    version: row.version,
    problem: row.problem,
    waitsForApproval: open.some((o) => o.id === row.approvalId),
    targets: targets.filter((t) => t.seriesId === row.id).map(({ seriesId: _, ...target }) => target),
    next:
      row.state === 'active'
        ? upcoming(row, now, SHOWN).map(({ day, localTime, dueAt, note }) => ({
            day,
            local: localTime,
            at: dueAt,
            note,
          }))
        : [],
    made: counts.find((c) => c.seriesId === row.id)?.made ?? 0,
    waiting: counts.find((c) => c.seriesId === row.id)?.waiting ?? 0,
  }));
}
