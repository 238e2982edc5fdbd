import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import {
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
import { lockWorkspace } from '../billing/lock-workspace';
import { type Ctx, requireRole } from '../context';
import { readPost } from '../posts/queries';
import { checkTargets } from '../publishing/check-targets';
import { connectorPlatform } from '../publishing/connector-platform';
import { DayRoom } from '../publishing/count-day';
import { newPublication } from '../publishing/new-publication';
import type { PlatformPort } from '../publishing/platform-port';
import type { Due } from '../publishing/resolve-due';
import { hurry } from '../publishing/schedule-publications';
import { STEPS } from '../publishing/transitions';
import { cancelWaiting } from './cancel-waiting';
import { makeOccurrences } from './make-occurrences';
import { dayInWords } from './recurrence';
import { changeSeriesInput } from './schemas';
import { occurrenceOn, type SeriesRow, upcoming } from './series-rule';
import { lockSeries, ownSeries, scopeStart, splitSeries, waitingOf } from './series-scope';

/**
 * Changes all of a repeated post, or one of its days and what comes after: its time of day, or its text to the post's newest. What a
 * person moved by hand stays where it is; what went out stays as it was. One day alone is changed as any publication is.
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
  const approval = newestText ? await prepareApproval(ctx, id, platform) : null;
  const result = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const found = await lockSeries(tx, ctx, id, version);
    const from = scopeStart(found, scope);
    let row = from ? await splitSeries(tx, ctx, found, from) : found;
    let changed = 0;
    if (time !== undefined) {
      const [hours, minutes] = time.split(':').map(Number);
      const minute = (hours ?? 0) * 60 + (minutes ?? 0);
      changed += await moveWaiting(tx, ctx, row, minute, workspace);
      row = { ...row, minute };
    }
    if (newestText) {
      if (approval) await openApproval(tx, ctx, approval);
      row = { ...row, revision: row.revision + 1, approvalId: approval?.row.id ?? null };
      changed += await renewWaiting(tx, ctx, row, platform);
    }
    await tx
      .update(series)
      .set({
        minute: row.minute,
        revision: row.revision,
        approvalId: row.approvalId,
        version: row.version + 1,
        updatedAt: ctx.clock.now(),
      })
      .where(ownSeries(ctx, row.id));
    const { first } = await makeOccurrences(tx, ctx, row, new DayRoom(tx, workspace), platform);
    await recordActivity(tx, ctx, {
      verb: 'series.changed',
      subjectType: 'post',
      subjectId: row.postId,
      summary: `Changed ${changed} waiting of a repeated post${time ? ` to ${time}` : ''}${newestText ? ', with the newest text' : ''}`,
    });
    const [soon] = (await waitingOf(tx, ctx, row.id, null))
      .map((w) => w.publication.dueAt)
      .sort((a, b) => a.getTime() - b.getTime());
    return { id: row.id, changed, first: soon ?? first };
  });
  if (approval) {
    await ctx.signals.send('email/queued', {});
  }
  if (result.first) await hurry(ctx, result.first);
  return { id: result.id, changed: result.changed };
}

/** The decision about a newer text, where the workspace reviews first. */
async function prepareApproval(ctx: Ctx, id: string, platform: PlatformPort) {
  const ahead = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [row] = await tx.select().from(series).where(ownSeries(ctx, id));
    if (!row) throw notFound('repeated post');
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
    return { row, ...settings, post, checked };
  });
  if (!asksFirst(ctx, ahead.settings)) return null;
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

/** Moves what waits at the series' time to another time of the same days. */
async function moveWaiting(
  tx: Tx,
  ctx: Ctx,
  row: SeriesRow,
  minute: number,
  workspace: typeof workspaces.$inferSelect,
): Promise<number> {
  const now = ctx.clock.now();
  const moves = (await waitingOf(tx, ctx, row.id, null)).flatMap(({ publication, day }) => {
    const to = occurrenceOn(row, day, minute);
    // What a person put elsewhere stays there, and today's whose new time has passed keeps its old one.
    const byHand = publication.localTime !== occurrenceOn(row, day).localTime;
    return byHand || to.dueAt <= now ? [] : [{ publication, to }];
  });
  const room = new DayRoom(
    tx,
    workspace,
    moves.map((m) => m.publication.id),
  );
  for (const { publication, to } of moves) {
    if (!(await room.take(to.dueAt)))
      throw new AppError(
        'limit_reached',
        `Your plan has no room left on ${dayInWords(to.localTime.slice(0, 10))}. Choose another time, or upgrade.`,
        { details: { limit: 'postsPerDay' } },
      );
    const step = publication.state === 'awaiting_approval' ? STEPS.rescheduleWaiting : STEPS.reschedule;
    const moved = await tx
      .update(publications)
      .set({
        dueAt: to.dueAt,
        localTime: to.localTime,
        timeZone: to.timeZone,
        state: step.to,
        version: sql`${publications.version} + 1`,
        claimToken: null,
        claimedUntil: null,
        retryAt: null,
        updatedAt: now,
      })
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          eq(publications.id, publication.id),
          eq(publications.version, publication.version),
          eq(publications.state, publication.state),
        ),
      )
      .returning({ id: publications.id });
    if (moved.length === 0)
      throw new AppError('conflict', 'One of these posts is going out right now. Try again in a moment.');
  }
  return moves.length;
}

/** Makes what waits anew with the post's newest text, at the times where it stands. */
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
