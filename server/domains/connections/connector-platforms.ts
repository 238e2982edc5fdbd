import { platformIds, platformTraits } from '@/server/connectors/platform-traits';
import type { Platforms } from '@/server/verbs/platforms';

/** The real platforms, called through their connectors with the connections' stored credentials. */
export const connectorPlatforms: Platforms = {
  ids: platformIds,
  traits: platformTraits,
  // Loaded on first use, because pages that only read publications need no connector.
  async call(request) {
    const { callPlatform } = await import('./call-platform');
    return callPlatform(request);
  },
};
