import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { connections, publications } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../billing/lock-workspace';
import { type Ctx, requireRole } from '../context';
import { hurry } from '../publishing/schedule-publications';
import { allowedFrom, STEPS } from '../publishing/transitions';
import { reorderInput, type reorderOutput } from './schemas';

/**
 * Gives posts of one account's queue each other's times, in the order named: all of them or none. The times stay the same, so no
 * plan's limit and no slot is touched. What the plan does not count (a repost, a follow-up) keeps its time: in its place a post could come to
 * stand on a day that is full. A row whose time changes gets a new version, which voids a claim made for its old time.
 * Throws `conflict` when one of them changed since the person saw it or can no longer be moved.
 */
export async function reorderQueue({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof reorderInput>;
}): Promise<z.output<typeof reorderOutput>> {
  requireRole(ctx, 'operator', 'change the schedule');
  const { connectionId, items } = reorderInput.parse(input);
  const wanted = new Map(items.map((item, place) => [item.id, { ...item, place }]));
  if (wanted.size !== items.length) throw new AppError('invalid', 'A post is in this order twice.');
  const result = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspace(tx, ctx.workspaceId);
    const [connection] = await tx
      .select({ name: connections.remoteName })
      .from(connections)
      .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)));
    if (!connection) throw notFound('account');
    const rows = await tx
      .select()
      .from(publications)
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          eq(publications.connectionId, connectionId),
          inArray(publications.id, [...wanted.keys()]),
        ),
      )
      .orderBy(asc(publications.id))
      .for('update');
    if (rows.length !== wanted.size) throw notFound('post');
    const now = ctx.clock.now();
    for (const row of rows) {
      const seen = wanted.get(row.id);
      const movable = allowedFrom('reschedule', row.state) || allowedFrom('rescheduleWaiting', row.state);
      if (!movable || row.dueAt <= now)
        throw new AppError(
          'conflict',
          'One of these posts is going out or has gone out. The queue shows how it is now.',
          { details: { state: row.state } },
        );
      if (row.version !== seen?.version)
        throw new AppError(
          'conflict',
          'Somebody changed the queue in the meantime. It shows how it is now; move the post again.',
          { details: { version: row.version } },
        );
    }
    const posts = rows.filter((row) => row.kind === 'post');
    const times = [...posts].sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.id < b.id ? -1 : 1));
    const order = [...posts].sort((a, b) => (wanted.get(a.id)?.place ?? 0) - (wanted.get(b.id)?.place ?? 0));
    const after = rows
      .filter((row) => row.kind !== 'post')
      .map(({ id, version, dueAt }) => ({ id, version, dueAt }));
    let moved = 0;
    for (const [place, row] of order.entries()) {
      const time = times[place] ?? row;
      const stays = time.dueAt.getTime() === row.dueAt.getTime();
      after.push({ id: row.id, version: stays ? row.version : row.version + 1, dueAt: time.dueAt });
      if (stays) continue;
      moved++;
      const step = row.state === 'awaiting_approval' ? STEPS.rescheduleWaiting : STEPS.reschedule;
      await tx
        .update(publications)
        .set({
          dueAt: time.dueAt,
          localTime: time.localTime,
          timeZone: time.timeZone,
          state: step.to,
          version: sql`${publications.version} + 1`,
          claimToken: null,
          claimedUntil: null,
          retryAt: null,
          updatedAt: now,
        })
        .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, row.id)));
    }
    if (moved > 0)
      await recordActivity(tx, ctx, {
        verb: 'queue.reordered',
        subjectType: 'connection',
        subjectId: connectionId,
        summary: `Changed the order of ${moved} posts in the queue of ${connection.name}`,
      });
    after.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
    return { items: after, first: times[0]?.dueAt };
  });
  if (result.first) await hurry(ctx, result.first);
  return { items: result.items };
}
