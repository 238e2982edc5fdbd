import { followOf, partsOf } from '@/server/connectors/kit/parts';
import type { MediaLimits, PostLimits } from '@/server/connectors/kit/types';
import { isPlatformId, manifests, takesPosts } from '@/server/connectors/manifests';

/** How a platform is called on screen; its id where it is not known. */
export const platformName = (id: string): string => (isPlatformId(id) ? manifests[id].name : id);

/** How many characters a post may have there; null where no posts are taken. */
export function characterLimit(id: string): number | null {
  if (!isPlatformId(id)) return null;
  const manifest = manifests[id];
  return 'post' in manifest ? manifest.post.characters : null;
}

/** What can follow a post there, how many parts of it, and how long each may be. */
export function followLimits(id: string) {
  const manifest = isPlatformId(id) ? manifests[id] : null;
  const post: PostLimits | undefined = manifest && 'post' in manifest ? manifest.post : undefined;
  return { kind: followOf(post), ...partsOf(post) };
}

/** What pictures, GIFs and videos a post takes there; null where it takes none. */
export function mediaLimits(id: string): MediaLimits | null {
  const manifest = isPlatformId(id) ? manifests[id] : null;
  const post: PostLimits | undefined = manifest && 'post' in manifest ? manifest.post : undefined;
  return post?.media ?? null;
}

/** The platforms that can be written for, connected or not. */
export const WRITABLE = Object.keys(manifests).filter(takesPosts);
