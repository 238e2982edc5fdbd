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

/** Returns the platforms to begin with before an account is connected: the first two that take posts and that every plan includes. */
export const firstPlatforms = (): PlatformId[] =>
  PLATFORM_IDS.filter((id) => canPublish(id) && platformFace(id).tier === 'free').slice(0, 2);

/** Whether people can connect an account of the platform, if this installation is set up for it. */
export const canConnect = (id: string): boolean =>
  isPlatformId(id) && ['api', 'manual'].includes(platformFace(id).kind);

/** Whether Tributary can publish posts on the platform. */
export const canPublish = (id: string): boolean =>
  isPlatformId(id) && platformFace(id).capabilities.includes('publish');
