import { isPlatformId } from './faces';
import { manifests } from './generated/manifests';
import type { Manifest } from './kit/manifest';

export { manifests };

/** Returns the manifest of a platform. Throws RangeError if no platform has the id. */
export function platformManifest(id: string): Manifest {
  if (!isPlatformId(id)) throw new RangeError(`There is no platform "${id}"`);
  return manifests[id];
}
