import { eq } from 'drizzle-orm';
import { connections } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { movePending } from '../planning/move-pending';
import { assertOptionsFit } from '../preflight/assert-options-fit';
import { endAlerts } from '../publications/end-alerts';
import { readPublication } from '../publications/queries';
import { requestSweep } from '../publications/request-sweep';
import { publicationOutput, publicationVersionInput } from '../publications/schemas';
import { readMoveToNow } from '../publisher/send-now';
import { assertDailyQuota, countsTowardsPlan } from '../scheduling/count-day';
import { forgetMedia } from '../uploads/forget-media';

/**
 * Sends a failed publication again, now. `failed` means that it certainly was not published. If the workspace requires review and the user
 * cannot approve, it needs approval again once it is too late to count as published at the approved time. Throws
 * `invalid` if the platform does not take its options any more.
 */
export const retryPublication = defineVerb({
  verb: 'publications.retry',
  access: 'posts.publish',
  effect: 'change',
  input: publicationVersionInput,
  output: publicationOutput,
  run: async (ctx, input) => {
    const { id, version } = input;
    const now = ctx.clock.now();
    const after = await movePending({
      ctx,
      platform: ctx.platforms,
      read: (tx, about) => readMoveToNow(tx, ctx, { id, version }, 'retry', about),
      async write(tx, { row, due }, writer, workspace) {
        const [connection] = await tx.select().from(connections).where(eq(connections.id, row.connectionId));
        if (!connection) throw notFound('account');
        if (connection.status !== 'active')
          throw new AppError(
            'conflict',
            fact('publicationRecovery.errors.reconnectFirst', { account: connection.remoteName }),
            { details: { connectionId: row.connectionId } },
          );
        await assertOptionsFit(tx, ctx, row);
        if (countsTowardsPlan(row)) await assertDailyQuota(tx, workspace, due.dueAt, 1, [id]);
        await writer.apply();
        // The user may have fixed the cause, so earlier uploads are not reused.
        if (row.mediaUntil) await forgetMedia(tx, ctx.workspaceId, id, { now });
        await endAlerts(tx, ctx, [id]);
        const publication = await readPublication(tx, ctx, id);
        await recordActivity(tx, ctx, {
          verb: 'publication.retried',
          subjectType: 'publication',
          subjectId: id,
          summary: fact('publicationRecovery.activity.retried', {
            title: publication.postTitle,
            account: publication.connectionName,
            asks: writer.asks ? 'yes' : 'no',
          }),
          before: { state: row.state, dueAt: row.dueAt.toISOString() },
          after: { state: publication.state, dueAt: publication.dueAt.toISOString() },
        });
        return publication;
      },
    });
    if (after.state === 'scheduled') await requestSweep(ctx, after.dueAt);
    return after;
  },
});
