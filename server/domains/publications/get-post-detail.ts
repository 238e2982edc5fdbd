import { z } from 'zod';
import { defineVerb } from '@/server/verbs/define';
import { readPost } from '../posts/queries';
import { postIdInput, postOutput, variantOutput } from '../posts/schemas';
import { listPublications } from './queries';
import { publicationOutput } from './schemas';

/** A post with its texts and its publications. Throws `not_found`. */
export const getPostDetail = defineVerb({
  verb: 'posts.get',
  access: 'workspace.read',
  effect: 'read',
  input: postIdInput,
  output: z.object({
    post: postOutput,
    variants: z.array(variantOutput),
    publications: z.array(publicationOutput),
  }),
  run: async (ctx, { id }) => {
    const post = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readPost(tx, ctx.workspaceId, id));
    const { items } = await listPublications(ctx, { postId: post.id, limit: 200 });
    return { post, variants: post.variants, publications: items };
  },
});
