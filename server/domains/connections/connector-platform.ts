import type { PlatformPort } from '../platforms/platform-port';
import { platformTraits } from '../platforms/platform-traits';

/** The real platforms, through their connectors and the connections' stored credentials. */
export const connectorPlatform: PlatformPort = {
  traits: platformTraits,
  // Loaded when first used: the pages that only read publications need no connector.
  async publish({ ctx, connectionId, row, input, onRequestSent }) {
    const { callPlatform } = await import('./call-platform');
    return callPlatform({ ctx, connectionId, capability: 'publish', input, onRequestSent, row });
  },
  async lookup({ ctx, connectionId, input }) {
    const { callPlatform } = await import('./call-platform');
    return callPlatform({ ctx, connectionId, capability: 'lookup', input });
  },
};
