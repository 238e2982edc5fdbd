import { mediaOf } from '@/server/connectors/kit/media';
import { followOf, partsOf } from '@/server/connectors/kit/parts';
import { countText } from '@/server/connectors/kit/text';
import { isPlatformId, platformManifest } from '@/server/connectors/manifests';
import type { PlatformTraits } from './platform-port';

/** What a platform's manifest says of it. Null for a platform that nobody knows. */
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
  };
}
