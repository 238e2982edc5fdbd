import { connectors } from './generated/connectors';
import type { PlatformId } from './generated/ids';
import type { Connector } from './kit/connector';

export { manifests, platformManifest } from './manifests';

/** Loads the connector of a platform, at its first use. Null if this installation has none. */
export async function connectorOf(platform: string): Promise<Connector | null> {
  return Object.hasOwn(connectors, platform)
    ? ((await connectors[platform as PlatformId]?.()) ?? null)
    : null;
}
