import { type Fact, fact } from '@/server/foundation/facts';
import { showsSomething } from '@/server/foundation/visible-text';

/** Describes a repost for the approver: the text of its post, or its title if it has no text. */
export const repostWords = (post: { text: string; title: string }): Fact =>
  fact('followUpRules.notes.repostOf', {
    text: showsSomething(post.text) ? post.text.trim() : post.title,
  });
