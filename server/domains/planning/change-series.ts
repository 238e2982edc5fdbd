import { and, eq, inArray } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import {
  approvals,
  postingSettings,
  publications,
  series,
  seriesOccurrences,
  seriesTargets,
  workspaces,
} from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { recordActivity } from '../activity/record-activity';
import { newApproval, openApproval } from '../approvals/open-approval';
import { asksFirst } from '../approvals/who-decides';
import { type Ctx, requireRole } from '../context';
import { readPost } from '../posts/queries';
import { checkTargets } from '../publishing/check-targets';
import { connectorPlatform } from '../publishing/connector-platform';
import { DayRoom } from '../publishing/count-day';
import { type Move, moveWaiting } from '../publishing/move-waiting';
import { newPublication } from '../publishing/new-publication';
import type { PlatformPort } from '../publishing/platform-port';
import type { Due } from '../publishing/resolve-due';
import { hurry } from '../publishing/schedule-publications';
import { cancelWaiting } from './cancel-waiting';
import { makeOccurrences } from './make-occurrences';
import { WAITING } from './queue';
import { dayInWords } from './recurrence';
import { changeSeriesInput } from './schemas';
import { occurrenceOn, type SeriesRow, upcoming } from './series-rule';
import { lockSeries, ownSeries, scopeStart, splitSeries, waitingOf } from './series-scope';

/**
 * Changes all of a repeated post, or one of its days and what comes after: its time of day, or its text to the post's newest. What a
 * person moved by hand stays where it is; what went out stays as it was. One day alone is changed as any publication is. What waits for a
 * decision is asked about again, and so is what somebody changes who may not decide.
 */
export async function changeSeries({
  ctx,
  input,
  platform = connectorPlatform,
}: {
  ctx: Ctx;
  input: z.input<typeof changeSeriesInput>;
  platform?: PlatformPort;
}): Promise<{ id: string; changed: number }> {
  requireRole(ctx, 'operator', 'change the schedule');
  const { id, version, scope, time, newestText } = changeSeriesInput.parse(input);
  const now = ctx.clock.now();
  const newest = newestText ? await prepareApproval(ctx, id, platform) : null;
  const minute = time === undefined ? undefined : minuteOf(time);
  const result = await moveWaiting({
    ctx,
    platform,
    async read(tx, { lock }) {
      const found = lock ? await lockSeries(tx, ctx, id, version) : await readSeries(tx, ctx, id);
      const from = scopeStart(found, scope);
      const moves = minute === undefined ? [] : await movesTo(tx, ctx, found, from?.day ?? null, minute, now);
      // Where the text changes as well, one decision is about both.
      const asked = minute === undefined || minute === found.minute || newestText ? [] : [found];
      return { found, from, moves: newestText ? [] : moves, plain: newestText ? moves : [], series: asked };
    },
    async write(tx, { found, from, moves, plain }, writer, workspace) {
      await assertRoom(tx, workspace, [...moves, ...plain]);
      let row = from ? await splitSeries(tx, ctx, found, from) : found;
      const later = row.id;
      // The days before keep their time; they are decided about along with the rest where they wait for the same decision.
      await writer.apply({
        series: (ids, replaced) =>
          ids.flatMap((one) => {
            if (one !== id || later === id) return [one];
            return found.approvalId !== null && replaced.includes(found.approvalId) ? [id, later] : [later];
          }),
      });
      let changed = moves.length;
      if (minute !== undefined) {
        changed += await moveAlong(tx, ctx, plain);
        row = { ...row, minute };
      }
      if (newestText) {
        if (newest) await openApproval(tx, ctx, newest);
        row = { ...row, revision: row.revision + 1, approvalId: newest?.row.id ?? null };
        changed += await renewWaiting(tx, ctx, row, platform);
        if (newest && found.approvalId)
          await tx
            .update(approvals)
            .set({ replacedBy: newest.row.id })
            .where(
              and(
                eq(approvals.workspaceId, ctx.workspaceId),
                eq(approvals.id, found.approvalId),
                eq(approvals.state, 'withdrawn'),
              ),
            );
      } else {
        const [asked] = await tx.select().from(series).where(ownSeries(ctx, row.id));
        row = { ...row, approvalId: asked?.approvalId ?? null };
      }
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
      const { first } = await makeOccurrences(tx, ctx, row, new DayRoom(tx, workspace), platform);
      await recordActivity(tx, ctx, {
        verb: 'series.changed',
        subjectType: 'post',
        subjectId: row.postId,
        summary: `Changed ${changed} waiting of a repeated post${time ? ` to ${time}` : ''}${newestText ? ', with the newest text' : ''}${writer.asks || newest ? '; it is asked about again' : ''}`,
      });
      const [soon] = (await waitingOf(tx, ctx, row.id, null))
        .map((w) => w.publication.dueAt)
        .sort((a, b) => a.getTime() - b.getTime());
      return { id: row.id, changed, first: soon ?? first };
    },
  });
  if (newest) await ctx.signals.send('email/queued', {});
  if (result.first) await hurry(ctx, result.first);
  return { id: result.id, changed: result.changed };
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

async function readSeries(tx: Tx, ctx: Ctx, id: string): Promise<SeriesRow> {
  const [row] = await tx.select().from(series).where(ownSeries(ctx, id));
  if (!row) throw notFound('repeated post');
  return row;
}

/** The decision about a newer text, where somebody has to decide about it first. */
async function prepareApproval(ctx: Ctx, id: string, platform: PlatformPort) {
  const ahead = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [row] = await tx.select().from(series).where(ownSeries(ctx, id));
    if (!row) throw notFound('repeated post');
    const [decision] = row.approvalId
      ? await tx
          .select({ state: approvals.state })
          .from(approvals)
          .where(and(eq(approvals.workspaceId, ctx.workspaceId), eq(approvals.id, row.approvalId)))
      : [];
    const [settings] = await tx
      .select({ workspace: workspaces, settings: postingSettings })
      .from(workspaces)
      .leftJoin(postingSettings, eq(postingSettings.workspaceId, workspaces.id))
      .where(eq(workspaces.id, ctx.workspaceId));
    if (!settings) throw notFound('workspace');
    const targets = await tx
      .select({ id: seriesTargets.connectionId })
      .from(seriesTargets)
      .where(and(eq(seriesTargets.workspaceId, ctx.workspaceId), eq(seriesTargets.seriesId, id)));
    const post = await readPost(tx, ctx.workspaceId, row.postId);
    const checked = await checkTargets(
      tx,
      ctx.workspaceId,
      post,
      targets.map((t) => t.id),
      platform,
    );
    const waits = decision?.state === 'open' || decision?.state === 'kept';
    return { row, ...settings, post, checked, waits };
  });
  // Changing somebody else's request is not approving it.
  if (!asksFirst(ctx, ahead.settings) && !ahead.waits) return null;
  const [next] = upcoming(ahead.row, ctx.clock.now(), 1);
  return newApproval({
    ctx,
    workspace: ahead.workspace,
    settings: ahead.settings,
    post: { ...ahead.post, title: `${ahead.post.title} (repeats)` },
    targets: ahead.checked,
    dues: new Map<string, Due>(next ? ahead.checked.map((t) => [t.connectionId, next]) : []),
  });
}

/** What waits at the series' time, from a day on, and where it goes with another time of the same days. */
async function movesTo(
  tx: Tx,
  ctx: Ctx,
  row: SeriesRow,
  from: string | null,
  minute: number,
  now: Date,
): Promise<Move[]> {
  return (await waitingOf(tx, ctx, row.id, from)).flatMap(({ publication, day }) => {
    const { dueAt, localTime, timeZone } = occurrenceOn(row, day, minute);
    // What a person put elsewhere stays there, and today's whose new time has passed keeps its old one.
    const byHand = publication.localTime !== occurrenceOn(row, day).localTime;
    return byHand || dueAt <= now ? [] : [{ row: publication, due: { dueAt, localTime, timeZone } }];
  });
}

async function assertRoom(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  moves: readonly Move[],
): Promise<void> {
  const room = new DayRoom(
    tx,
    workspace,
    moves.map((move) => move.row.id),
  );
  for (const { due } of moves)
    if (!(await room.take(due.dueAt)))
      throw new AppError(
        'limit_reached',
        `Your plan has no room left on ${dayInWords(due.localTime.slice(0, 10))}. Choose another time, or upgrade.`,
        { details: { limit: 'postsPerDay' } },
      );
}

/** Moves what is made again right after, with its newest text: the decision about that is about the time, too. */
async function moveAlong(tx: Tx, ctx: Ctx, moves: readonly Move[]): Promise<number> {
  for (const { row, due } of moves)
    await tx
      .update(publications)
      .set({ dueAt: due.dueAt, localTime: due.localTime, timeZone: due.timeZone, updatedAt: ctx.clock.now() })
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          eq(publications.id, row.id),
          inArray(publications.state, [...WAITING]),
        ),
      );
  return moves.length;
}

/** Makes what waits again with the post's newest text, at the times where it stands. */
async function renewWaiting(tx: Tx, ctx: Ctx, row: SeriesRow, platform: PlatformPort): Promise<number> {
  const waiting = await waitingOf(tx, ctx, row.id, null);
  const post = await readPost(tx, ctx.workspaceId, row.postId);
  const ids = [...new Set(waiting.map((w) => w.publication.connectionId))];
  const targets = ids.length > 0 ? await checkTargets(tx, ctx.workspaceId, post, ids, platform) : [];
  const cancelled = new Set(
    await cancelWaiting(
      tx,
      ctx,
      waiting.map((w) => w.publication.id),
    ),
  );
  let made = 0;
  for (const { publication: old, day } of waiting) {
    const target = targets.find((t) => t.connectionId === old.connectionId);
    if (!target || !cancelled.has(old.id)) continue;
    const { id: variantId, text, link, parts, media } = target.variant;
    const renewed = newPublication(ctx, {
      postId: row.postId,
      variantId,
      connectionId: old.connectionId,
      text,
      link,
      parts,
      media,
      due: old,
      waits: row.approvalId !== null,
      follows: null,
      requestKey: `series:${row.id}:${row.revision}:${old.connectionId}:${day}`,
      // The text is the newest; the rule is that day's own, which somebody may have set.
      boost: old.boost,
      approvalId: row.approvalId,
      createdBy: row.createdBy,
    });
    await tx.insert(publications).values(renewed);
    await tx
      .update(seriesOccurrences)
      .set({ publicationId: renewed.id })
      .where(
        and(eq(seriesOccurrences.workspaceId, ctx.workspaceId), eq(seriesOccurrences.publicationId, old.id)),
      );
    made++;
  }
  return made;
}
