import { followOf, partsOf } from '@/server/connectors/kit/parts';
import type { MediaLimits, PostLimits } from '@/server/connectors/kit/types';
import { canPublish, isPlatformId, manifests } from '@/server/connectors/manifests';

/** Returns a platform's display name; for an unknown platform, its id. */
export const platformName = (id: string): string => (isPlatformId(id) ? manifests[id].name : id);

/** Returns the maximum number of characters of a post; null if the platform takes no posts. */
export function characterLimit(id: string): number | null {
  if (!isPlatformId(id)) return null;
  const manifest = manifests[id];
  return 'post' in manifest ? manifest.post.characters : null;
}

/** Whether the platform finds links and counts characters by rules of its own. */
export function hasOwnTextRules(id: string): boolean {
  const manifest = isPlatformId(id) ? manifests[id] : null;
  const post: PostLimits | undefined = manifest && 'post' in manifest ? manifest.post : undefined;
  return post?.ownTextRules === true;
}

/** Returns which parts can follow a post, how many, and how long each may be. */
export function followLimits(id: string) {
  const manifest = isPlatformId(id) ? manifests[id] : null;
  const post: PostLimits | undefined = manifest && 'post' in manifest ? manifest.post : undefined;
  return { kind: followOf(post), ...partsOf(post) };
}

/** Returns which media a post may have; null if the platform takes none. */
export function mediaLimits(id: string): MediaLimits | null {
  const manifest = isPlatformId(id) ? manifests[id] : null;
  const post: PostLimits | undefined = manifest && 'post' in manifest ? manifest.post : undefined;
  return post?.media ?? null;
}

/** The platforms that posts can be written for, connected or not. */
export const WRITABLE = Object.keys(manifests).filter(canPublish);
