import { etsyManifest } from './etsy/manifest';
import { facebookManifest } from './facebook/manifest';
import { type Manifest, PLATFORM_IDS, type PlatformId } from './kit/manifest';
import { linkedinManifest } from './linkedin/manifest';
import { xManifest } from './x/manifest';
import { youtubeManifest } from './youtube/manifest';

/** Pure data of every platform. Light enough for the browser: it brings no connector along. */
export const manifests = {
  x: xManifest,
  facebook: facebookManifest,
  etsy: etsyManifest,
  linkedin: linkedinManifest,
  youtube: youtubeManifest,
} as const satisfies { [P in PlatformId]: Manifest & { id: P } };

export const isPlatformId = (id: string): id is PlatformId =>
  (PLATFORM_IDS as readonly string[]).includes(id);

/** The manifest of a platform by its id. Throws RangeError on an id that no platform has. */
export function platformManifest(id: string): Manifest {
  if (!isPlatformId(id)) throw new RangeError(`There is no platform "${id}"`);
  return manifests[id];
}

/** Whether something can be posted there from this installation. */
export const takesPosts = (id: string): boolean =>
  isPlatformId(id) && platformManifest(id).capabilities.some((capability) => capability === 'publish');
