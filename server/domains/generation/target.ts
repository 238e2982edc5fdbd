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

const AIM: Record<string, Target['aim']> = {
  x: { from: 120, to: 250 },
  facebook: { from: 250, to: 600 },
  linkedin: { from: 500, to: 1100 },
};
const HASHTAGS: Record<string, number> = { x: 2, facebook: 3, linkedin: 4 };

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
  const aim = AIM[platform] ?? { from: Math.min(200, limit), to: Math.min(600, limit) };
  return {
    platform,
    name: manifest.name,
    limit,
    maxHashtags: Math.min(manifest.post.hashtags ?? Number.POSITIVE_INFINITY, HASHTAGS[platform] ?? 3),
    aim,
  };
}
