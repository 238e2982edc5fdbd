import { and, eq } from 'drizzle-orm';
import { connections, publications } from '@/db/schema';
import { updateOf } from '@/db/update-of';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { resolveAlert } from '../alerts/resolve-alert';
import { mediaKey } from '../publications/media-key';
import { readPublication } from '../publications/queries';
import { publicationIdInput, publicationOutput } from '../publications/schemas';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { forgetMedia } from './forget-media';

/**
 * Retries the failed uploads of a post before its due time. Completed ones stay. Throws `conflict` if none failed or the post no longer
 * waits for its time.
 */
export const retryMedia = defineVerb({
  verb: 'publications.retryMedia',
  access: 'posts.publish',
  effect: 'change',
  input: publicationIdInput,
  output: publicationOutput,
  run: async (ctx, input) => {
    const { id } = input;
    const now = ctx.clock.now();
    const { publication, asked } = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspaceShared(tx, ctx.workspaceId);
      const [row] = await tx
        .select({
          state: publications.state,
          connectionId: connections.id,
          platform: connections.platform,
        })
        .from(publications)
        .innerJoin(connections, eq(connections.id, publications.connectionId))
        .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, id)))
        .for(...updateOf(publications));
      if (!row) throw notFound('publication');
      const waits = row.state === 'scheduled' || row.state === 'queued';
      const again = waits ? await forgetMedia(tx, ctx.workspaceId, id, { now, only: 'failed' }) : 0;
      if (again === 0) throw new AppError('conflict', fact('uploads.errors.nothingFailed'));
      await resolveAlert(tx, ctx, mediaKey(id));
      const publication = await readPublication(tx, ctx, id);
      await recordActivity(tx, ctx, {
        verb: 'publication.media_retried',
        subjectType: 'publication',
        subjectId: id,
        summary: fact('uploads.activity.retried', {
          title: publication.postTitle,
          account: publication.connectionName,
        }),
      });
      return { publication, asked: row };
    });
    await ctx.events.publish('publishing/media.requested', {
      workspaceId: ctx.workspaceId,
      publicationId: id,
      connectionId: asked.connectionId,
      platform: asked.platform,
    });
    return publication;
  },
});
