import { type Fact, fact } from '@/server/foundation/facts';
import { hasVisibleText } from '@/server/foundation/visible-text';

/** Describes a repost for the approver: the text of its post, or its title if it has no text. */
export const repostDescription = (post: { text: string; title: string }): Fact =>
  fact('followUpRules.notes.repostOf', {
    text: hasVisibleText(post.text) ? post.text.trim() : post.title,
  });
