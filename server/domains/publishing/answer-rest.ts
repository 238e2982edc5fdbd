import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { actions, publications } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { recordActivity } from '../activity/record-activity';
import { shareWorkspace } from '../billing/lock-workspace';
import { actorKey, type Ctx, requireRole } from '../context';
import { localTimeOf } from './local-time';
import { hurry } from './schedule-publications';
import { STEPS } from './transitions';

/** The kind of the action that asks whether to send the rest of what is out in part (db/parts.sql). Its subject is the next part. */
export const REST_ACTION = 'publication_rest';

export const answerRestInput = z.object({
  actionId: z.string().min(1).max(64),
  answer: z.enum(['send', 'leave']),
});

/**
 * A person says what happens to the rest of a post that went out while posting was stopped: it goes out now (when posting goes on), or
 * stays out, also when the stop is undone. Of two answers the second gets `conflict`.
 */
export async function answerRest({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof answerRestInput>;
}): Promise<void> {
  requireRole(ctx, 'operator', 'publish posts');
  const { actionId, answer } = answerRestInput.parse(input);
  const now = ctx.clock.now();
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await shareWorkspace(tx, ctx.workspaceId);
    const own = and(
      eq(actions.workspaceId, ctx.workspaceId),
      eq(actions.id, actionId),
      eq(actions.kind, REST_ACTION),
    );
    const [found] = await tx.select({ part: actions.subjectId }).from(actions).where(own);
    if (!found) throw notFound('action');
    // The publication first, as everybody who needs both locks them.
    const cancelled = and(
      eq(publications.workspaceId, ctx.workspaceId),
      eq(publications.id, found.part),
      inArray(publications.state, [...STEPS.sendRest.from]),
    );
    const [row] = await tx.select().from(publications).where(cancelled).for('update');
    const [action] = await tx.select().from(actions).where(own).for('update');
    if (action?.state !== 'open') throw new AppError('conflict', 'Somebody has done this already.');
    if (row)
      await tx
        .update(publications)
        .set({
          version: sql`${publications.version} + 1`,
          setAsideBy: null,
          setAsideFrom: null,
          updatedAt: now,
          ...(answer === 'send'
            ? { state: STEPS.sendRest.to, dueAt: now, localTime: localTimeOf(now, row.timeZone) }
            : {}),
        })
        .where(cancelled);
    await tx
      .update(actions)
      .set({ state: 'done', answer, doneBy: actorKey(ctx.actor), doneAt: now })
      .where(own);
    await recordActivity(tx, ctx, {
      verb: 'publication.rest_answered',
      subjectType: 'publication',
      subjectId: found.part,
      summary: `${action.title} ${answer === 'send' ? 'Yes, it is sent' : 'No, it is left out'}`,
    });
  });
  if (answer === 'send') await hurry(ctx, now);
}
