import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { actions, publications } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { actorKey, type Ctx, requirePermission } from '@/server/verbs/context';
import { assertFingerprint } from '../actions/fingerprint';
import { recordActivity } from '../activity/record-activity';
import { remoteIdOf } from '../publications/address-of-post';
import { lockConnection } from '../publications/lock-connection';
import { lockPublication } from '../publications/lock-publication';
import { readPublication } from '../publications/queries';
import { STEPS } from '../publications/transitions';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';

/** Kind of the action that asks a person to post a publication on a manual platform. Its subject is the publication. */
const BY_HAND_ACTION = 'publication_by_hand';

export const answerByHandInput = z.object({
  actionId: z.string().min(1).max(64),
  /** The action's `fingerprint` as the user saw it. */
  fingerprint: z.string().min(1).max(64),
  answer: z.enum(['posted', 'not_posted']),
  /** Full URL of the post, for `posted`. */
  permalink: z.string().max(2000).optional(),
});

/**
 * Carries out a person's answer about a post on a manual platform: it is published at the URL that they give, or cancelled because they did
 * not post it. Throws `conflict` if the task was already done or the publication has changed since it was shown, and `invalid` if the URL is
 * missing, on another site or that of another publication.
 */
export async function answerByHand({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof answerByHandInput>;
}): Promise<void> {
  requirePermission(ctx, 'posts.publish');
  const { actionId, answer, fingerprint, permalink } = answerByHandInput.parse(input);
  const posted = answer === 'posted';
  if (posted && !permalink) {
    const needed = fact('publicationRecovery.errors.pasteAddress');
    throw new AppError('invalid', needed, { fields: { permalink: needed } });
  }
  const own = and(
    eq(actions.workspaceId, ctx.workspaceId),
    eq(actions.id, actionId),
    eq(actions.kind, BY_HAND_ACTION),
  );
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspaceShared(tx, ctx.workspaceId);
    const [seen] = await tx
      .select({ id: publications.id, connectionId: publications.connectionId, version: publications.version })
      .from(actions)
      .innerJoin(publications, eq(publications.id, actions.subjectId))
      .where(own);
    if (!seen) throw notFound('action');
    // Two answers with one URL are serialized, so that the second is refused.
    await lockConnection(tx, seen.connectionId);
    const step = posted ? 'personPosted' : 'personDidNotPost';
    const row = await lockPublication(tx, ctx.workspaceId, seen.id, seen.version, step);
    const [action] = await tx.select().from(actions).where(own).for('update');
    if (action?.state !== 'open')
      throw new AppError('conflict', fact('publicationRecovery.errors.doneAlready'));
    await assertFingerprint(tx, ctx.workspaceId, action, fingerprint);
    const now = ctx.clock.now();
    const remoteId = posted ? await remoteIdOf(tx, ctx, row, permalink) : null;
    // The action first: leaving the state closes what is still open.
    await tx
      .update(actions)
      .set({
        state: 'done',
        answer: posted ? (permalink ?? answer) : answer,
        doneBy: actorKey(ctx.actor),
        doneAt: now,
      })
      .where(own);
    await tx
      .update(publications)
      .set({
        state: STEPS[step].to,
        version: sql`${publications.version} + 1`,
        updatedAt: now,
        ...(posted ? { publishedAt: now, permalink: permalink ?? null, remoteId } : {}),
      })
      .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, row.id)));
    const after = await readPublication(tx, ctx, row.id);
    const params = { title: after.postTitle, account: after.connectionName };
    await recordActivity(tx, ctx, {
      verb: posted ? 'publication.published' : 'publication.cancelled',
      subjectType: 'publication',
      subjectId: row.id,
      summary: posted
        ? fact('publicationRecovery.activity.postedByHand', params)
        : fact('publicationRecovery.activity.notPostedByHand', params),
      before: { state: row.state },
      after: { state: after.state, ...(posted && permalink ? { permalink } : {}) },
    });
  });
}
