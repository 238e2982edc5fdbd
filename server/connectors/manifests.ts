import { etsyManifest } from './etsy/manifest';
import { facebookManifest } from './facebook/manifest';
import { type Manifest, PLATFORM_IDS, type PlatformId } from './kit/manifest';
import { linkedinManifest } from './linkedin/manifest';
import { xManifest } from './x/manifest';
import { youtubeManifest } from './youtube/manifest';

/** Manifests of all platforms. They are pure data without connectors, light enough for the browser. */
export const manifests = {
  x: xManifest,
  facebook: facebookManifest,
  etsy: etsyManifest,
  linkedin: linkedinManifest,
  youtube: youtubeManifest,
} as const satisfies { [P in PlatformId]: Manifest & { id: P } };

export const isPlatformId = (id: string): id is PlatformId =>
  (PLATFORM_IDS as readonly string[]).includes(id);

/** Returns the manifest of a platform. Throws RangeError if no platform has the id. */
export function platformManifest(id: string): Manifest {
  if (!isPlatformId(id)) throw new RangeError(`There is no platform "${id}"`);
  return manifests[id];
}

/** Whether Tributary can publish posts on the platform. */
export const canPublish = (id: string): boolean =>
  isPlatformId(id) && platformManifest(id).capabilities.some((capability) => capability === 'publish');
