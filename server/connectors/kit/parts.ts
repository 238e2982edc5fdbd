import { hasVisibleText } from '@/server/foundation/visible-text';
import { appendLink } from './text';
import type { PostLimits } from './types';

/** Returns what can follow a post of a platform: a thread of replies, one comment, or nothing. */
export function followOf(limits: PostLimits | undefined): 'thread' | 'firstComment' | null {
  if (limits?.thread) return 'thread';
  return limits?.firstComment ? 'firstComment' : null;
}

/** Returns how many parts may follow a post and the maximum length of each, as counted by `countText`; null means no limit. */
export function partsOf(limits: PostLimits | undefined): { most: number; characters: number | null } {
  if (limits?.thread) return { most: limits.thread.parts - 1, characters: limits.characters };
  if (limits?.firstComment) return { most: 1, characters: limits.firstComment.characters };
  return { most: 0, characters: null };
}

/** Returns a part as it is sent. Replies and comments have no link field, so the link is appended unless the text contains it. */
export function composeFollowing(text: string, link?: string | null): string {
  return appendLink(hasVisibleText(text) ? text.trim() : '', link);
}
