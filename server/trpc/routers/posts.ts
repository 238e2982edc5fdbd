import { z } from 'zod';
import { removePost } from '@/server/domains/editing/remove-post';
import { updatePost } from '@/server/domains/editing/update-post';
import { createPost } from '@/server/domains/posts/create-post';
import { getPost, listPosts } from '@/server/domains/posts/queries';
import {
  createPostInput,
  listPostsInput,
  postIdInput,
  postListOutput,
  postOutput,
  updatedPostOutput,
  updatePostInput,
  variantOutput,
} from '@/server/domains/posts/schemas';
import { listPublications } from '@/server/domains/publications/queries';
import { publicationOutput } from '@/server/domains/publications/schemas';
import { memberProcedure, router } from '../init';

const postDetailOutput = z.object({
  post: postOutput,
  variants: z.array(variantOutput),
  publications: z.array(publicationOutput),
});

export const postsRouter = router({
  create: memberProcedure('operator')
    .input(createPostInput)
    .output(postOutput)
    .mutation(({ ctx, input }) => createPost({ ctx: ctx.verb, input })),
  update: memberProcedure('operator')
    .input(updatePostInput)
    .output(updatedPostOutput)
    .mutation(({ ctx, input }) => updatePost({ ctx: ctx.verb, input })),
  get: memberProcedure('viewer')
    .input(postIdInput)
    .output(postDetailOutput)
    .query(async ({ ctx, input }) => {
      const post = await getPost({ ctx: ctx.verb, input });
      const { items } = await listPublications({ ctx: ctx.verb, input: { postId: post.id, limit: 200 } });
      return { post, variants: post.variants, publications: items };
    }),
  list: memberProcedure('viewer')
    .input(listPostsInput)
    .output(postListOutput)
    .query(({ ctx, input }) => listPosts({ ctx: ctx.verb, input })),
  remove: memberProcedure('operator')
    .input(postIdInput)
    .output(z.object({ removed: z.boolean() }))
    .mutation(({ ctx, input }) => removePost({ ctx: ctx.verb, input })),
});
