import { etsy } from './etsy';
import { facebook } from './facebook';
import type { Connector } from './kit/connector';
import type { PlatformId } from './kit/face';
import { x } from './x';

export { manifests, platformManifest } from './manifests';

/** The connector of each platform; null if only the manifest exists. */
export const connectors = {
  x,
  facebook,
  etsy,
  linkedin: null,
  youtube: null,
} satisfies Record<PlatformId, Connector | null>;

/** Returns the connector of a platform, or null if this installation has none. */
export function connectorOf(platform: string): Connector | null {
  return platform in connectors ? connectors[platform as PlatformId] : null;
}
