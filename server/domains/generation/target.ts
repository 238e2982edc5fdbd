import { isPlatformId } from '@/server/connectors/faces';
import { platformManifest } from '@/server/connectors/manifests';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';

export interface Target {
  platform: string;
  name: string;
  limit: number;
  maxHashtags: number;
  /** Recommended length of a post, in characters. */
  aim: { from: number; to: number };
}

/** How to write for a platform that has no terms of its own. */
const USUAL = { aim: { from: 200, to: 600 }, hashtags: 3 };

/** Returns a platform's requirements for a post. Throws `invalid` if the platform does not take posts. */
export function targetFor(platform: string): Target {
  const manifest = isPlatformId(platform) ? platformManifest(platform) : null;
  if (!manifest?.post)
    throw new AppError(
      'invalid',
      manifest
        ? fact('generation.errors.takesNoPosts', { platform: manifest.name })
        : fact('generation.errors.notAPlatform'),
      { fields: { platforms: fact('generation.errors.choosePosting') } },
    );
  const limit = manifest.post.characters;
  const { aim, hashtags } = manifest.drafting ?? USUAL;
  return {
    platform,
    name: manifest.name,
    limit,
    maxHashtags: Math.min(manifest.post.hashtags ?? Number.POSITIVE_INFINITY, hashtags),
    aim: { from: Math.min(aim.from, limit), to: Math.min(aim.to, limit) },
  };
}
