import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { updateOf } from '@/db/lock-of';
import { actions, connections, posts, publications } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../billing/lock-workspace';
import { actorKey, type Ctx, requireRole } from '../context';
import { fallbackSlots } from '../planning/default-slots';
import { findFreeSlot, noFreeSlot } from '../planning/free-slots';
import { assertRoomOnDay, DayRoom, takesPlace } from './count-day';
import { endAlerts } from './end-alerts';
import { localTimeOf } from './local-time';
import { MISSED_ACTION } from './missed';
import type { Due } from './resolve-due';
import { hurry } from './schedule-publications';
import { STEPS } from './transitions';

export const answerMissedInput = z.object({
  actionId: z.string().min(1).max(64),
  answer: z.enum(['post_now', 'next_free', 'skip']),
});

/** Of what takes no place in the plan a day is never full. */
const ANY_DAY: Pick<DayRoom, 'take'> = { take: async () => true };

/**
 * A person says what happens to what was missed: it goes out now, at the next free time of its account, or not at all. The
 * question is answered once; of two answers the second gets `conflict`. What has been cancelled in the meantime stays so.
 * Throws `limit_reached` when the plan has no room for it, and then nothing is answered.
 */
export async function answerMissed({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof answerMissedInput>;
}): Promise<{ moved: number }> {
  requireRole(ctx, 'operator', 'publish posts');
  const { actionId, answer } = answerMissedInput.parse(input);
  const now = ctx.clock.now();
  const moved = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const own = and(
      eq(actions.workspaceId, ctx.workspaceId),
      eq(actions.id, actionId),
      eq(actions.kind, MISSED_ACTION),
    );
    const [action] = await tx.select().from(actions).where(own).for('update');
    if (!action) throw notFound('action');
    if (action.state !== 'open') throw new AppError('conflict', 'Somebody has done this already.');
    const rows = await tx
      .select({
        id: publications.id,
        kind: publications.kind,
        connectionId: publications.connectionId,
        name: connections.remoteName,
        topicId: posts.topicId,
      })
      .from(publications)
      .innerJoin(connections, eq(connections.id, publications.connectionId))
      .innerJoin(posts, eq(posts.id, publications.postId))
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          eq(publications.setAsideBy, actionId),
          inArray(publications.state, [...STEPS.answerSend.from]),
        ),
      )
      .orderBy(asc(publications.dueAt), asc(publications.id))
      .for(...updateOf(publications));
    const common = {
      version: sql`${publications.version} + 1`,
      setAsideBy: null,
      setAsideFrom: null,
      updatedAt: now,
    };
    if (answer === 'skip') {
      if (rows.length > 0)
        await tx
          .update(publications)
          .set({ ...common, state: STEPS.answerSkip.to })
          .where(
            and(
              eq(publications.workspaceId, ctx.workspaceId),
              inArray(
                publications.id,
                rows.map((r) => r.id),
              ),
            ),
          );
      await endAlerts(
        tx,
        ctx,
        rows.map((r) => r.id),
      );
    } else {
      const zone = workspace.timeZone;
      const counted = rows.filter(takesPlace).length;
      if (answer === 'post_now' && counted > 0) await assertRoomOnDay(tx, workspace, now, counted);
      const room = new DayRoom(tx, workspace);
      const otherwise = await fallbackSlots(tx, workspace.id);
      for (const [i, row] of rows.entries()) {
        let due: Due;
        if (answer === 'post_now')
          // A thousandth of a second apart, so that each account's posts keep their order.
          due = { dueAt: new Date(now.getTime() + i), localTime: localTimeOf(now, zone), timeZone: zone };
        else {
          const slot = await findFreeSlot(
            tx,
            workspace,
            row.connectionId,
            row.topicId,
            now,
            takesPlace(row) ? room : ANY_DAY,
            otherwise,
          );
          if (!slot) throw await noFreeSlot(tx, workspace.id, row.connectionId, row.name);
          due = { dueAt: slot.at, localTime: slot.local, timeZone: zone };
        }
        // One after the other: what has its time takes that slot.
        await tx
          .update(publications)
          .set({ ...common, ...due, state: STEPS.answerSend.to, problem: null })
          .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, row.id)));
      }
    }
    await tx
      .update(actions)
      .set({ state: 'done', answer, doneBy: actorKey(ctx.actor), doneAt: now })
      .where(own);
    const what = rows.length === 1 ? 'the post' : `${rows.length} posts`;
    await recordActivity(tx, ctx, {
      verb: 'publication.missed_answered',
      subjectType: action.subjectType,
      subjectId: action.subjectId,
      summary: `${action.title}: ${
        answer === 'skip'
          ? `skipped ${what}`
          : answer === 'post_now'
            ? `sent ${what} now`
            : `moved ${what} to the next free time`
      }`,
    });
    return rows.length;
  });
  if (answer !== 'skip' && moved > 0) await hurry(ctx, now);
  return { moved };
}
