import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { actions, publications } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { actorKey, type Ctx, requirePermission } from '@/server/verbs/context';
import { assertFingerprint } from '../actions/fingerprint';
import { recordActivity } from '../activity/record-activity';
import { isStillOnTime } from '../due/classify-late';
import { movePending } from '../planning/move-pending';
import { requestSweep } from '../publications/request-sweep';
import { STEPS } from '../publications/transitions';
import { resolveDue } from '../scheduling/resolve-due';

/** Kind of the action that asks whether to send the rest of a partially published post (db/parts.sql). Its subject is the next part. */
export const REST_ACTION = 'publication_rest';

export const answerRestInput = z.object({
  actionId: z.string().min(1).max(64),
  /** The action's `fingerprint` as the user saw it. */
  fingerprint: z.string().min(1).max(64),
  answer: z.enum(['send', 'leave']),
});

/**
 * Carries out a user's answer about the rest of a post that was published while posting was being stopped: the rest is published now (or
 * when posting resumes), or it stays unpublished even if the stop is undone. Throws `conflict` if the question was already answered or the
 * rest has changed since it was shown. A rest that was awaiting approval needs a new one. If the workspace requires review, a member who
 * cannot approve also needs approval to send the rest long after its original time.
 */
export async function answerRest({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof answerRestInput>;
}): Promise<void> {
  requirePermission(ctx, 'posts.publish');
  const { actionId, answer, fingerprint } = answerRestInput.parse(input);
  const now = ctx.clock.now();
  const own = and(
    eq(actions.workspaceId, ctx.workspaceId),
    eq(actions.id, actionId),
    eq(actions.kind, REST_ACTION),
  );
  await movePending({
    ctx,
    platform: ctx.platforms,
    async read(tx, { settings, lock }) {
      const [found] = await tx.select({ part: actions.subjectId }).from(actions).where(own);
      if (!found) throw notFound('action');
      // Locks the publication before the action, in the same order as all other code.
      const cancelled = tx
        .select()
        .from(publications)
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            eq(publications.id, found.part),
            inArray(publications.state, [...STEPS.sendRest.from]),
          ),
        );
      const [row] = await (lock ? cancelled.for('update') : cancelled);
      const question = tx.select().from(actions).where(own);
      const [action] = await (lock ? question.for('update') : question);
      if (action?.state !== 'open')
        throw new AppError('conflict', fact('publicationRecovery.errors.doneAlready'));
      await assertFingerprint(tx, ctx.workspaceId, action, fingerprint);
      const moves =
        row && answer === 'send'
          ? [
              {
                row,
                due: resolveDue(null, row.timeZone, now),
                // The rest follows a published part, but its time is chosen here, so it is judged like a post of its own.
                onlyLate: isStillOnTime({ dueAt: row.dueAt, followsId: null }, settings, now),
              },
            ]
          : [];
      return { action, row, moves };
    },
    async write(tx, { action, row, moves }, writer) {
      if (moves.length > 0) await writer.apply();
      else if (row)
        await tx
          .update(publications)
          .set({
            version: sql`${publications.version} + 1`,
            setAsideBy: null,
            setAsideFrom: null,
            updatedAt: now,
          })
          .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, row.id)));
      await tx
        .update(actions)
        .set({ state: 'done', answer, doneBy: actorKey(ctx.actor), doneAt: now })
        .where(own);
      const { title: question } = action;
      await recordActivity(tx, ctx, {
        verb: 'publication.rest_answered',
        subjectType: 'publication',
        subjectId: action.subjectId,
        summary:
          answer === 'leave'
            ? fact('publicationRecovery.activity.restLeft', { question })
            : writer.asks
              ? fact('publicationRecovery.activity.restSentOnceApproved', { question })
              : fact('publicationRecovery.activity.restSent', { question }),
        ...(moves.length > 0
          ? {
              before: { state: 'cancelled' },
              after: { state: writer.asks ? STEPS.sendRestAsks.to : STEPS.sendRest.to },
            }
          : {}),
      });
    },
  });
  if (answer === 'send') await requestSweep(ctx, now);
}
