import { mediaOf } from '@/server/connectors/kit/media';
import { followOf, partsOf } from '@/server/connectors/kit/parts';
import { countText } from '@/server/connectors/kit/text';
import { isPlatformId, platformManifest } from '@/server/connectors/manifests';
import type { PlatformPort } from './platform-port';

/** The real platforms, through their connectors and the connections' stored credentials. */
export const connectorPlatform: PlatformPort = {
  traits(platform) {
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
  },
  // Loaded when first used: the pages that only read publications need no connector.
  async publish({ ctx, connectionId, row, input, onRequestSent }) {
    const { callPlatform } = await import('../connections/call-platform');
    return callPlatform({ ctx, connectionId, capability: 'publish', input, onRequestSent, row });
  },
  async lookup({ ctx, connectionId, input }) {
    const { callPlatform } = await import('../connections/call-platform');
    return callPlatform({ ctx, connectionId, capability: 'lookup', input });
  },
};
