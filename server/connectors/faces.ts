import { faces } from './generated/faces';
import { PLATFORM_IDS, type PlatformId } from './generated/ids';
import type { Face } from './kit/face';

export { faces };

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
