/** What a repost is, for those who decide about it: the words of its post, or its title where it has none. */
export const repostWords = (post: { text: string; title: string }): string =>
  `Repost of: ${post.text.trim() || post.title}`;
