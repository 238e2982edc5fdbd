import { type Fact, fact } from '@/server/foundation/facts';
import { showsSomething } from '@/server/foundation/visible-text';

/** What a repost is, for those who decide about it: the words of its post, or its title where it has none. */
export const repostWords = (post: { text: string; title: string }): Fact =>
  fact('followUpRules.notes.repostOf', {
    text: showsSomething(post.text) ? post.text.trim() : post.title,
  });
