import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { actions, publicationAttempts, publications } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import type { Platforms } from '@/server/verbs/platforms';
import { recordActivity } from '../activity/record-activity';
import { movePending } from '../planning/move-pending';
import { remoteIdOf } from '../publications/address-of-post';
import { lockConnection } from '../publications/lock-connection';
import { lockPublication } from '../publications/lock-publication';
import { readPublication } from '../publications/queries';
import { requestSweep } from '../publications/request-sweep';
import { type Publication, publicationOutput, resolveUnknownInput } from '../publications/schemas';
import { STEPS } from '../publications/transitions';
import { UNKNOWN_ACTION } from '../publications/uncertain-outcome';
import { readMoveToNow } from '../publisher/send-now';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';

/**
 * Resolves a publication with an unknown outcome by a user's check: it exists and counts as published, or it does not and is sent again now
 * or left out. Closes the action that asked. If it does not exist, its attempts with an unknown outcome are settled, so that the next
 * attempt uses a new idempotency key. Sending it at another time than was decided needs approval, if the workspace requires review and the
 * user cannot approve.
 */
export const resolveUnknown = defineVerb({
  verb: 'publications.resolveUnknown',
  access: 'posts.publish',
  effect: 'change',
  input: resolveUnknownInput,
  output: publicationOutput,
  run: async (ctx, input) => {
    const answer = input;
    const after =
      answer.answer === 'not_there'
        ? await sendAgain(ctx, answer, ctx.platforms)
        : await ctx.db.asWorkspace(ctx.workspaceId, (tx) => resolveIn(tx, ctx, answer));
    if (after.state === 'scheduled') await requestSweep(ctx, after.dueAt);
    else {
      // The lane waited for this answer. Its head is now the next part of a thread, if there is one.
      const { workspaceId } = ctx;
      const { connectionId, platform } = after;
      await ctx.events.publish('publishing/lane.requested', { workspaceId, connectionId, platform });
    }
    return after;
  },
});

type Answer = z.output<typeof resolveUnknownInput>;

/** Sends a post that does not exist on the platform again, now. */
async function sendAgain(ctx: Ctx, answer: Answer, platform: Platforms): Promise<Publication> {
  return movePending({
    ctx,
    platform,
    read: (tx, about) => readMoveToNow(tx, ctx, answer, 'personSaysNotThere', about),
    async write(tx, _found, writer) {
      await writer.apply();
      return finish(tx, ctx, answer, writer.asks);
    },
  });
}

async function resolveIn(tx: Tx, ctx: Ctx, params: Answer): Promise<Publication> {
  const { id, version, answer, permalink } = params;
  await lockWorkspaceShared(tx, ctx.workspaceId);
  // Serializes users who give one address to two posts concurrently, so that the second is refused. The connection is locked before the
  // publication, as in a look-up.
  if (permalink) {
    const [found] = await tx
      .select({ connectionId: publications.connectionId })
      .from(publications)
      .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, id)));
    if (found) await lockConnection(tx, found.connectionId);
  }
  const row = await lockPublication(tx, ctx.workspaceId, id, version, 'personSaysThere', 'personSaysLeave');
  const now = ctx.clock.now();
  const there = answer === 'there' || answer === 'there_end';
  const step = there ? STEPS.personSaysThere : STEPS.personSaysLeave;
  const goesOn = answer === 'there' && row.parts.length > 0;
  const remoteId = row.remoteId ?? (await remoteIdOf(tx, ctx, row, permalink));
  if (goesOn && remoteId === null)
    throw new AppError('invalid', fact('publicationRecovery.errors.moreFollows'), {
      fields: { permalink: fact('publicationRecovery.errors.pasteAddress') },
    });
  await tx
    .update(publications)
    .set({
      state: step.to,
      version: sql`${publications.version} + 1`,
      claimToken: null,
      claimedUntil: null,
      retryAt: null,
      problem: null,
      // The user's answer comes after the stop that left the outcome unknown, and covers the rest as well.
      setAsideBy: null,
      updatedAt: now,
      ...(there
        ? {
            publishedAt: now,
            permalink: permalink ?? row.permalink,
            remoteId,
            ...(answer === 'there_end' ? { parts: [] } : {}),
          }
        : {}),
    })
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, id)));
  return finish(tx, ctx, params, false);
}

/**
 * Settles the attempts of a post that does not exist, closes the action that asked, and records the answer. `asks`: it needs approval
 * first.
 */
async function finish(
  tx: Tx,
  ctx: Ctx,
  { id, answer, permalink }: Answer,
  asks: boolean,
): Promise<Publication> {
  const now = ctx.clock.now();
  if (answer === 'not_there' || answer === 'not_there_leave')
    await tx
      .update(publicationAttempts)
      .set({ outcome: 'absent', finishedAt: now, message: fact('publicationRecovery.notes.notThere') })
      .where(
        and(
          eq(publicationAttempts.workspaceId, ctx.workspaceId),
          eq(publicationAttempts.publicationId, id),
          eq(publicationAttempts.kind, 'publish'),
          or(isNull(publicationAttempts.outcome), eq(publicationAttempts.outcome, 'unknown_outcome')),
        ),
      );
  await tx
    .update(actions)
    .set({ state: 'done', answer: permalink ?? answer, doneBy: actorKey(ctx.actor), doneAt: now })
    .where(
      and(
        eq(actions.workspaceId, ctx.workspaceId),
        eq(actions.kind, UNKNOWN_ACTION),
        eq(actions.subjectId, id),
        eq(actions.state, 'open'),
      ),
    );
  const after = await readPublication(tx, ctx, id);
  const params = { title: after.postTitle, account: after.connectionName };
  await recordActivity(tx, ctx, {
    subjectType: 'publication',
    subjectId: id,
    ...{
      there: { verb: 'publication.published', summary: fact('publicationRecovery.activity.there', params) },
      there_end: {
        verb: 'publication.published',
        summary: fact('publicationRecovery.activity.thereEnd', params),
      },
      not_there: {
        verb: 'publication.sent_again',
        summary: fact('publicationRecovery.activity.notThere', { ...params, asks: asks ? 'yes' : 'no' }),
      },
      not_there_leave: {
        verb: 'publication.cancelled',
        summary: fact('publicationRecovery.activity.notThereLeave', params),
      },
    }[answer],
    before: { state: 'unknown' },
    after: { state: after.state, ...(permalink ? { permalink } : {}) },
  });
  return after;
}
