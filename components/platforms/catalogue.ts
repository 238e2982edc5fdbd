import { canPublish, faces, isPlatformId, platformFace } from '@/server/connectors/faces';
import { charactersOf } from '@/server/connectors/kit/media';
import { ownPost } from '@/server/connectors/kit/own-limits';
import { followOf, partsOf } from '@/server/connectors/kit/parts';
import type { MediaLimits, PostLimits, PostPreview } from '@/server/connectors/kit/types';
import type { OwnLimits } from '@/server/foundation/own-limits';

/** Returns a platform's display name; for an unknown platform, its id. */
export const platformName = (id: string): string => (isPlatformId(id) ? faces[id].name : id);

/** Returns the limits of a platform's posts, with an account's own; undefined if it takes none or is not known. */
export const postOf = (id: string, own?: OwnLimits | null): PostLimits | undefined =>
  isPlatformId(id) ? ownPost(platformFace(id).post, own) : undefined;

/** Returns the maximum number of characters of a post, with or without media; null if the platform takes no posts. */
export function characterLimit(id: string, withMedia = false, own?: OwnLimits | null): number | null {
  const post = postOf(id, own);
  return post ? charactersOf(post, withMedia) : null;
}

/** Whether a link is sent at the end of the text and not in a field of its own. */
export const isLinkInText = (id: string): boolean => postOf(id)?.text.link === 'in_text';

/** Whether the platform finds links and counts characters by rules of its own. */
export const hasOwnTextRules = (id: string): boolean => postOf(id)?.text.rules === 'own';

/** Returns which parts can follow a post, how many, and how long each may be. */
export function followLimits(id: string, own?: OwnLimits | null) {
  const post = postOf(id, own);
  return { kind: followOf(post), ...partsOf(post) };
}

/** Returns how a preview draws the platform's posts. */
export const previewOf = (id: string): PostPreview => postOf(id)?.preview ?? { shape: 'page' };

/** Returns which media a post may have; null if the platform takes none. */
export const mediaLimits = (id: string, own?: OwnLimits | null): MediaLimits | null =>
  postOf(id, own)?.media ?? null;

/** The platforms that posts can be written for, connected or not. */
export const WRITABLE = Object.keys(faces).filter(canPublish);
