import { AppError } from '@/server/foundation/errors';
import { fact, verbatim } from '@/server/foundation/facts';
import type { Post } from './schemas';

/**
 * Returns the `conflict` that carries the current post: `details.version`, `details.title`, `details.titleGiven`, `details.variants`
 * (JSON), and for each platform `fields["variants.<platform>"]` with its newer text.
 */
export function newerPost(current: Post): AppError {
  return new AppError('conflict', fact('posts.errors.newer'), {
    details: {
      version: current.version,
      title: current.title,
      titleGiven: current.titleGiven,
      updatedAt: current.updatedAt.toISOString(),
      variants: JSON.stringify(
        current.variants.map(({ platform, text, link, parts, media }) => ({
          platform,
          text,
          link,
          parts,
          media,
        })),
      ),
    },
    fields: Object.fromEntries(current.variants.map((v) => [`variants.${v.platform}`, verbatim(v.text)])),
  });
}
