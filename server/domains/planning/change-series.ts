import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { approvals, publications, series, seriesTargets, type workspaces } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import type { Platforms } from '@/server/verbs/platforms';
import { recordActivity } from '../activity/record-activity';
import { readPost } from '../posts/queries';
import type { Post } from '../posts/schemas';
import { checkTargets } from '../preflight/check-targets';
import { askIfUncertain, mayBeOut } from '../publications/ask-uncertain-outcome';
import { requestSweep } from '../publications/request-sweep';
import { DailyQuota } from '../scheduling/count-day';
import { hhmm } from '../scheduling/slot-times';
import { makeOccurrences } from './make-occurrences';
import { type Move, movePending } from './move-pending';
import { changeSeriesInput } from './schemas';
import { occurrenceOn, type SeriesRow } from './series-rule';
import { lockSeries, ownSeries, pendingOccurrences, scopeStart, splitSeries } from './series-scope';

/**
 * Changes all occurrences of a repeated post, or those from one day on: their time of day, or their text to the post's newest. Occurrences
 * that were moved by hand keep their time, and published ones stay as they are. A single day is changed like any other publication. Pending
 * approvals are replaced, and a change by a member who cannot approve needs approval. An occurrence that may already be out is not changed;
 * a member is asked about it. Throws `invalid` if an account does not accept the newest text.
 */
export const changeSeries = defineVerb({
  verb: 'planning.changeSeries',
  access: 'posts.publish',
  effect: 'change',
  input: changeSeriesInput,
  output: z.object({ id: z.string(), changed: z.number() }),
  run: async (ctx, input) => {
    const { id, version, scope, time, newestText } = input;
    const now = ctx.clock.now();
    const minute = time === undefined ? undefined : minuteOf(time);
    const result = await movePending({
      ctx,
      platform: ctx.platforms,
      async read(tx, { lock }) {
        const found = lock ? await lockSeries(tx, ctx, id, version) : await readSeries(tx, ctx, id);
        const from = scopeStart(found, scope);
        const waiting = await pendingOccurrences(tx, ctx, id, from?.day ?? null);
        if (lock) await lockWaiting(tx, ctx, waiting);
        const uncertain = await uncertainOf(tx, ctx, waiting);
        const certain = waiting.filter((one) => !uncertain.includes(one.publication.id));
        const times = certain.map((one) => timeOf(found, one, minute, now));
        const asked = newestText || (minute !== undefined && minute !== found.minute);
        const post = await readPost(tx, ctx.workspaceId, found.postId);
        const moves = newestText
          ? await renewed(tx, ctx, id, post, times, ctx.platforms)
          : times.filter(({ row, due }) => minute !== undefined && due !== row);
        return {
          found,
          from,
          moves,
          uncertain,
          series: asked
            ? [
                {
                  ...found,
                  change: {
                    minute: minute ?? found.minute,
                    startDay: from?.day ?? found.startDay,
                    count: found.count === null ? null : found.count - (from?.place ?? 0),
                  },
                },
              ]
            : [],
        };
      },
      async write(tx, { found, from, moves, uncertain }, writer, workspace) {
        await askIfUncertain(tx, ctx, uncertain);
        await assertQuotaFor(tx, workspace, moves);
        let row = from ? await splitSeries(tx, ctx, found, from) : found;
        const later = row.id;
        // The earlier days keep their time. If they are pending on the same approval, they join the new one.
        await writer.apply({
          series: (ids, replaced) =>
            ids.flatMap((one) => {
              if (one !== id || later === id) return [one];
              return found.approvalId !== null && replaced.includes(found.approvalId) ? [id, later] : [later];
            }),
        });
        const [asked] = await tx.select().from(series).where(ownSeries(ctx, later));
        const approvalId = asked?.approvalId ?? null;
        row = {
          ...row,
          minute: minute ?? row.minute,
          revision: newestText ? row.revision + 1 : row.revision,
          // A member who can approve sends the newest text without approval. A decision about an older text does not apply to it.
          approvalId: newestText && !(await waitsFor(tx, ctx, approvalId)) ? null : approvalId,
        };
        await tx
          .update(series)
          .set({
            minute: row.minute,
            revision: row.revision,
            approvalId: row.approvalId,
            version: row.version + 1,
            updatedAt: now,
          })
          .where(ownSeries(ctx, row.id));
        const { first } = await makeOccurrences(tx, ctx, row, new DailyQuota(tx, workspace), ctx.platforms);
        await recordActivity(tx, ctx, {
          verb: 'series.changed',
          subjectType: 'post',
          subjectId: row.postId,
          summary: summaryOf(row, { moved: time !== undefined, newestText }, moves.length, writer.asks),
          before: { minute: found.minute, startDay: found.startDay, revision: found.revision },
          after: { minute: row.minute, startDay: row.startDay, revision: row.revision },
        });
        const [soon] = (await pendingOccurrences(tx, ctx, row.id, null))
          .map((w) => w.publication.dueAt)
          .sort((a, b) => a.getTime() - b.getTime());
        return { id: row.id, changed: moves.length, first: soon ?? first };
      },
    });
    if (result.first) await requestSweep(ctx, result.first);
    return { id: result.id, changed: result.changed };
  },
});

function summaryOf(
  { startDay, minute }: SeriesRow,
  { moved, newestText }: { moved: boolean; newestText: boolean | undefined },
  count: number,
  asked: boolean,
) {
  const asks = asked ? 'yes' : 'no';
  const time = { local: `${startDay}T${hhmm(minute)}`, show: 'time' } as const;
  const changes = [
    ...(moved ? [fact('planning.notes.time', { time })] : []),
    ...(newestText ? [fact('planning.notes.newestText')] : []),
  ];
  return fact('planning.activity.seriesChanged', { count, changes: { list: changes }, asks });
}

type Waiting = Awaited<ReturnType<typeof pendingOccurrences>>;

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

async function readSeries(tx: Tx, ctx: Ctx, id: string): Promise<SeriesRow> {
  const [row] = await tx.select().from(series).where(ownSeries(ctx, id));
  if (!row) throw notFound('repeatedPost');
  return row;
}

/** Locks the publications to change. Approvals are locked before publications, as everywhere. */
async function lockWaiting(tx: Tx, ctx: Ctx, waiting: Waiting): Promise<void> {
  const decisions = waiting.flatMap(({ publication }) => publication.approvalId ?? []);
  if (decisions.length > 0)
    await tx
      .select({ id: approvals.id })
      .from(approvals)
      .where(and(eq(approvals.workspaceId, ctx.workspaceId), inArray(approvals.id, decisions)))
      .orderBy(approvals.id)
      .for('update');
  if (waiting.length > 0)
    await tx
      .select({ id: publications.id })
      .from(publications)
      .where(ownOf(ctx, waiting))
      .orderBy(publications.id)
      .for('update');
}

const ownOf = (ctx: Ctx, waiting: Waiting) =>
  and(
    eq(publications.workspaceId, ctx.workspaceId),
    inArray(
      publications.id,
      waiting.map(({ publication }) => publication.id),
    ),
  );

/** Returns the ids of those that may already be out. */
async function uncertainOf(tx: Tx, ctx: Ctx, waiting: Waiting): Promise<string[]> {
  if (waiting.length === 0) return [];
  const found = await tx
    .select({ id: publications.id })
    .from(publications)
    .where(and(ownOf(ctx, waiting), mayBeOut));
  return found.map(({ id }) => id);
}

/** Returns a publication with its new time on the same day, or with its current time if it does not move. */
function timeOf(
  row: SeriesRow,
  { publication, day }: Waiting[number],
  minute: number | undefined,
  now: Date,
): Move {
  const { dueAt, localTime, timeZone } = occurrenceOn(row, day, minute);
  // A publication that was moved by hand keeps its time. So does today's if the new time has passed.
  const byHand = publication.localTime !== occurrenceOn(row, day).localTime;
  const stays = minute === undefined || byHand || dueAt <= now;
  return { row: publication, due: stays ? publication : { dueAt, localTime, timeZone } };
}

/** Returns the moves with the post's newest text and the series' options. */
async function renewed(
  tx: Tx,
  ctx: Ctx,
  seriesId: string,
  post: Post,
  moves: readonly Move[],
  platform: Platforms,
): Promise<Move[]> {
  const ids = [...new Set(moves.map(({ row }) => row.connectionId))];
  const requests = (await readSeriesOptions(tx, ctx, seriesId)).filter((r) => ids.includes(r.connectionId));
  const targets =
    requests.length > 0 ? await checkTargets(tx, ctx.workspaceId, post, requests, platform) : [];
  return moves.flatMap((move) => {
    const target = targets.find((t) => t.connectionId === move.row.connectionId);
    if (!target) return [];
    const { id, text, link, parts, media } = target.variant;
    const content = { text, link, parts, media, options: target.options };
    return [{ ...move, renewed: { variantId: id, content } }];
  });
}

/** Reads the options that a series has for each of its accounts. */
const readSeriesOptions = (tx: Tx, ctx: Ctx, seriesId: string) =>
  tx
    .select({ connectionId: seriesTargets.connectionId, options: seriesTargets.options })
    .from(seriesTargets)
    .where(and(eq(seriesTargets.workspaceId, ctx.workspaceId), eq(seriesTargets.seriesId, seriesId)));

async function waitsFor(tx: Tx, ctx: Ctx, approvalId: string | null): Promise<boolean> {
  if (approvalId === null) return false;
  const [found] = await tx
    .select({ state: approvals.state })
    .from(approvals)
    .where(and(eq(approvals.workspaceId, ctx.workspaceId), eq(approvals.id, approvalId)));
  return found?.state === 'open' || found?.state === 'kept';
}

async function assertQuotaFor(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  moves: readonly Move[],
): Promise<void> {
  const elsewhere = moves.filter(({ row, due }) => due.dueAt.getTime() !== row.dueAt.getTime());
  const quota = new DailyQuota(
    tx,
    workspace,
    elsewhere.map((move) => move.row.id),
  );
  for (const { due } of elsewhere)
    if (!(await quota.take(due.dueAt)))
      throw new AppError(
        'limit_reached',
        fact('planning.errors.noRoomOnDay', { day: { local: due.localTime.slice(0, 10) } }),
        { details: { limit: 'postsPerDay' } },
      );
}
