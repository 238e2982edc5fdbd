import { platformTraits } from '../platforms/platform-traits';
import type { PlatformPort } from './platform-port';

/** The real platforms, through their connectors and the connections' stored credentials. */
export const connectorPlatform: PlatformPort = {
  traits: platformTraits,
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
