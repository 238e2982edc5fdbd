import { mediaOf } from './kit/media';
import { followOf, partsOf } from './kit/parts';
import { countText } from './kit/text';
import type { MediaLimits } from './kit/types';
import { isPlatformId, manifests, platformManifest } from './manifests';

/** What a platform's manifest says of it, as far as domains need to know. */
export interface PlatformTraits {
  readonly name: string;
  readonly publishes: boolean;
  /** Whether it can be asked if a post is there. */
  readonly looksUp: boolean;
  /** For how long a repeated send with the same key does nothing new, in milliseconds; null when there is no such key. */
  readonly keyMs: number | null;
  /** The longest text, counted as `count` counts; null when there is no limit. */
  readonly characters: number | null;
  count(text: string, link: string | null): number;
  /** What can follow a post; null when nothing can. */
  readonly follow: 'thread' | 'firstComment' | null;
  /** Whether an account can repost its own post; repeating that has no second effect. */
  readonly reposts: boolean;
  /** How many parts may follow a post, and how long each may be, counted as `count` counts; null is no limit of length. */
  readonly parts: { readonly most: number; readonly characters: number | null };
  /** What pictures, GIFs and videos it takes; null where posts are words only. */
  readonly media: MediaLimits | null;
  /** What an account has to have allowed so that they can be uploaded. Accounts connected before may not have been asked. */
  readonly uploadScopes: readonly string[];
  /** How many posts one call for results may name; null when the platform does not report how posts do. */
  readonly resultsBatch: number | null;
}

/** The ids of all platforms. */
export const platformIds = (): readonly string[] => Object.keys(manifests);

export function platformTraits(platform: string): PlatformTraits | null {
  if (!isPlatformId(platform)) return null;
  const manifest = platformManifest(platform);
  return {
    name: manifest.name,
    publishes: manifest.capabilities.some((c) => c === 'publish'),
    looksUp: manifest.capabilities.some((c) => c === 'lookup'),
    keyMs: manifest.available && manifest.publishKey ? manifest.publishKey.hours * 3_600_000 : null,
    characters: manifest.post?.characters ?? null,
    count: (text, link) => countText(platform, text, link),
    follow: followOf(manifest.post),
    reposts: manifest.post?.repost === true,
    parts: partsOf(manifest.post),
    media: mediaOf(manifest.post),
    uploadScopes: (manifest.available && manifest.auth.scopes.upload) || [],
    resultsBatch: manifest.capabilities.some((c) => c === 'engagement')
      ? (manifest.available && manifest.engagementBatch) || 1
      : null,
  };
}
