import { showsSomething } from '@/server/foundation/visible-text';
import type { PostLimits } from './types';

/** What can follow a post of a platform: more posts that reply to each other, one comment, or nothing. */
export function followOf(limits: PostLimits | undefined): 'thread' | 'firstComment' | null {
  if (limits?.thread) return 'thread';
  return limits?.firstComment ? 'firstComment' : null;
}

/** How many parts may follow a post, and the longest that each may be, counted as `countText` counts; null is no limit. */
export function partsOf(limits: PostLimits | undefined): { most: number; characters: number | null } {
  if (limits?.thread) return { most: limits.thread.parts - 1, characters: limits.characters };
  if (limits?.firstComment) return { most: 1, characters: limits.firstComment.characters };
  return { most: 0, characters: null };
}

/** A part as it goes out. Replies and comments have no field for a link: it stands at the end, once. */
export function composeFollowing(text: string, link?: string | null): string {
  const body = showsSomething(text) ? text.trim() : '';
  if (!link || body.includes(link)) return body;
  return body === '' ? link : `${body}\n\n${link}`;
}
