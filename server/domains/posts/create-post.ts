import { posts, variants } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { actorKey } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { completeMedia } from '../files/complete-media';
import { checkTopic } from '../topics/check-topic';
import { readPost } from './queries';
import { createPostInput, postOutput } from './schemas';

/** Saves a new post with its texts, as a draft or in the library. */
export const createPost = defineVerb({
  verb: 'posts.create',
  access: 'posts.write',
  effect: 'change',
  input: createPostInput,
  output: postOutput,
  run: async (ctx, input) => {
    const { variants: texts, ...fields } = input;
    const now = ctx.clock.now();
    const id = newId('post', now.getTime());
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await checkTopic(tx, ctx.workspaceId, fields.topicId);
      await tx.insert(posts).values({
        ...fields,
        id,
        workspaceId: ctx.workspaceId,
        createdBy: actorKey(ctx.actor),
        createdAt: now,
        updatedAt: now,
      });
      if (texts.length > 0) {
        const whole = await completeMedia(tx, ctx.workspaceId, texts);
        await tx.insert(variants).values(
          whole.map((t) => ({
            ...t,
            id: newId('variant', now.getTime()),
            workspaceId: ctx.workspaceId,
            postId: id,
            writtenBy: actorKey(ctx.actor),
            createdAt: now,
          })),
        );
      }
      await recordActivity(tx, ctx, {
        verb: 'post.created',
        subjectType: 'post',
        subjectId: id,
        summary: fact('posts.activity.written', { title: fields.title }),
      });
      return readPost(tx, ctx.workspaceId, id);
    });
  },
});
