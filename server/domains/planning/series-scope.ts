import { and, eq, gte, inArray, sql } from 'drizzle-orm';
import { Temporal } from 'temporal-polyfill';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { PUBLICATION_LISTS, publications, series, seriesOccurrences, seriesTargets } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { placeOf } from '../scheduling/recurrence';
import type { endSeriesInput } from './schemas';
import { ruleOf, type SeriesRow } from './series-rule';

export type Scope = z.output<typeof endSeriesInput>['scope'];

export const ownSeries = (ctx: Ctx, id: string) =>
  and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, id));

/** Locks a series for a user's change. Throws `not_found`, or `conflict` if it has ended or changed since the user saw it. */
export async function lockSeries(tx: Tx, ctx: Ctx, id: string, version: number): Promise<SeriesRow> {
  const [row] = await tx.select().from(series).where(ownSeries(ctx, id)).for('update');
  if (!row) throw notFound('repeatedPost');
  if (row.state !== 'active') throw new AppError('conflict', fact('planning.errors.seriesEnded'));
  if (row.version !== version)
    throw new AppError('conflict', fact('planning.errors.seriesChanged'), {
      details: { version: row.version },
    });
  return row;
}

/** Returns the first day of a scope and its place in the rule, or null for all days. Throws `invalid` for a day that is not in the rule. */
export function scopeStart(row: SeriesRow, scope: Scope): { day: string; place: number } | null {
  if (scope.kind === 'all') return null;
  const place = placeOf(ruleOf(row), scope.day);
  const beyond =
    (row.untilDay !== null && scope.day > row.untilDay) || (row.count !== null && (place ?? 0) >= row.count);
  if (place === null || beyond)
    throw new AppError('invalid', fact('planning.errors.noSuchDay'), {
      fields: { scope: fact('planning.errors.scopeDay') },
    });
  return place === 0 ? null : { day: scope.day, place };
}

export const dayBefore = (day: string): string =>
  Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();

/**
 * Splits a series at a day, so that the days from then on can be changed separately. The occurrences from that day on belong to the new
 * series, which is returned; the old one ends the day before.
 */
export async function splitSeries(
  tx: Tx,
  ctx: Ctx,
  row: SeriesRow,
  at: { day: string; place: number },
): Promise<SeriesRow> {
  const now = ctx.clock.now();
  const later: SeriesRow = {
    ...row,
    id: newId('series', now.getTime()),
    startDay: at.day,
    count: row.count === null ? null : row.count - at.place,
    requestKey: `${row.id}:from:${at.day}:${row.version}`,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await tx.insert(series).values(later);
  await tx.insert(seriesTargets).select(
    tx
      .select({
        workspaceId: seriesTargets.workspaceId,
        seriesId: sql<string>`${later.id}`.as('series_id'),
        connectionId: seriesTargets.connectionId,
        options: seriesTargets.options,
      })
      .from(seriesTargets)
      .where(and(eq(seriesTargets.workspaceId, ctx.workspaceId), eq(seriesTargets.seriesId, row.id))),
  );
  await tx
    .update(seriesOccurrences)
    .set({ seriesId: later.id })
    .where(
      and(
        eq(seriesOccurrences.workspaceId, ctx.workspaceId),
        eq(seriesOccurrences.seriesId, row.id),
        gte(seriesOccurrences.day, at.day),
      ),
    );
  await tx
    .update(series)
    .set({ untilDay: dayBefore(at.day), count: null, version: row.version + 1, updatedAt: now })
    .where(ownSeries(ctx, row.id));
  return later;
}

/** Returns the pending publications of a series from a day on, each with its day of the rule. */
export async function pendingOccurrences(tx: Tx, ctx: Ctx, seriesId: string, from: string | null) {
  return tx
    .select({ publication: publications, day: seriesOccurrences.day })
    .from(seriesOccurrences)
    .innerJoin(publications, eq(publications.id, seriesOccurrences.publicationId))
    .where(
      and(
        eq(seriesOccurrences.workspaceId, ctx.workspaceId),
        eq(seriesOccurrences.seriesId, seriesId),
        from === null ? undefined : gte(seriesOccurrences.day, from),
        inArray(publications.state, PUBLICATION_LISTS.waiting),
      ),
    )
    .orderBy(publications.id);
}
