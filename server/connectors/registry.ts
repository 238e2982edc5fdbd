import { connectors } from './generated/connectors';
import type { PlatformId } from './generated/ids';
import type { Connector } from './kit/connector';

export { manifests, platformManifest } from './manifests';
export { connectors };

/** Returns the connector of a platform, or null if this installation has none. */
export function connectorOf(platform: string): Connector | null {
  return platform in connectors ? connectors[platform as PlatformId] : null;
}
