import { etsyManifest } from './etsy/manifest';
import { facebookManifest } from './facebook/manifest';
import { isPlatformId } from './faces';
import type { PlatformId } from './kit/face';
import type { Manifest } from './kit/manifest';
import { linkedinManifest } from './linkedin/manifest';
import { xManifest } from './x/manifest';
import { youtubeManifest } from './youtube/manifest';

/** Manifests of all platforms: pure data without connectors. The browser gets only their faces (faces.ts). */
export const manifests = {
  x: xManifest,
  facebook: facebookManifest,
  etsy: etsyManifest,
  linkedin: linkedinManifest,
  youtube: youtubeManifest,
} as const satisfies { [P in PlatformId]: Manifest & { id: P } };

/** Returns the manifest of a platform. Throws RangeError if no platform has the id. */
export function platformManifest(id: string): Manifest {
  if (!isPlatformId(id)) throw new RangeError(`There is no platform "${id}"`);
  return manifests[id];
}
