import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { PUBLICATION_LISTS, posts, publications } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { clearPostTexts } from '../activity/clear-post-texts';
import { recordActivity } from '../activity/record-activity';
import { readPost } from '../posts/queries';
import { postIdInput } from '../posts/schemas';
import { endAlerts } from '../publications/end-alerts';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';

/**
 * Removes a post that was never published and has no pending publications, and removes its texts from its activity. Published posts are
 * kept as a record.
 */
export const removePost = defineVerb({
  verb: 'posts.remove',
  access: 'posts.write',
  effect: 'change',
  input: postIdInput,
  output: z.object({ removed: z.boolean() }),
  run: async (ctx, input) => {
    const { id } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspaceShared(tx, ctx.workspaceId);
      // The lock waits for a concurrent transaction that is scheduling this post.
      await tx
        .select({ id: posts.id })
        .from(posts)
        .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, id)))
        .for('update');
      const post = await readPost(tx, ctx.workspaceId, id);
      const states = await tx
        .select({ state: publications.state, n: sql<number>`count(*)::int` })
        .from(publications)
        .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.postId, id)))
        .groupBy(publications.state);
      const kept = states.filter(
        (s) => s.state !== 'cancelled' && s.state !== 'failed' && s.state !== 'draft',
      );
      if (kept.some((s) => s.state === 'published'))
        throw new AppError('conflict', fact('postEdits.errors.published'));
      if (kept.length > 0) throw new AppError('conflict', fact('postEdits.errors.waiting'));
      const gone = await tx
        .delete(publications)
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            eq(publications.postId, id),
            inArray(publications.state, PUBLICATION_LISTS.idle),
          ),
        )
        .returning({ id: publications.id });
      await endAlerts(
        tx,
        ctx,
        gone.map((row) => row.id),
      );
      await clearPostTexts(tx, ctx.workspaceId, [id, ...gone.map((row) => row.id)]);
      await tx.delete(posts).where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, id)));
      await recordActivity(tx, ctx, {
        verb: 'post.removed',
        subjectType: 'post',
        subjectId: id,
        summary: fact('postEdits.activity.removed', { title: post.title }),
        before: { title: post.title, status: post.status },
      });
      return { removed: true };
    });
  },
});
