import { etsyFace } from './etsy/face';
import { facebookFace } from './facebook/face';
import { type Face, PLATFORM_IDS, type PlatformId } from './kit/face';
import { linkedinFace } from './linkedin/face';
import { xFace } from './x/face';
import { youtubeFace } from './youtube/face';

/** The faces of all platforms, light enough for the browser. */
export const faces = {
  x: xFace,
  facebook: facebookFace,
  etsy: etsyFace,
  linkedin: linkedinFace,
  youtube: youtubeFace,
} as const satisfies { [P in PlatformId]: Face & { id: P } };

export const isPlatformId = (id: string): id is PlatformId =>
  (PLATFORM_IDS as readonly string[]).includes(id);

/** Returns the face of a platform. Throws RangeError if no platform has the id. */
export function platformFace(id: string): Face {
  if (!isPlatformId(id)) throw new RangeError(`There is no platform "${id}"`);
  return faces[id];
}

/** Whether Tributary can publish posts on the platform. */
export const canPublish = (id: string): boolean =>
  isPlatformId(id) && platformFace(id).capabilities.includes('publish');
