import { showsSomething } from '@/server/foundation/visible-text';

/** What a repost is, for those who decide about it: the words of its post, or its title where it has none. */
export const repostWords = (post: { text: string; title: string }): string =>
  `Repost of: ${showsSomething(post.text) ? post.text.trim() : post.title}`;
