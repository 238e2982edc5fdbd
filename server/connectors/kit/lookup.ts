import { type Fact, fact } from '@/server/foundation/facts';
import { type Pages, partOf } from './paging';
import type { LookupOutput, Published } from './types';

/** `similar`: not the same, but the platform may have changed it. A fact: it may be ours, for a reason of its own. */
export type Judgement = 'same' | 'similar' | 'other' | Fact;

/**
 * Concludes a look-up from a list that was read newest first: the oldest post that is certainly ours; otherwise `unclear` if any may be ours,
 * or if the list was not read to its end; otherwise `absent`. A reason of its own says more than that a post is similar.
 */
export function concludeLookup<P extends { readonly id: string }>(
  read: Pages<P>,
  {
    exclude,
    judge,
    published,
    words,
  }: {
    /** Ids known to belong to other publications. */
    exclude: readonly string[];
    judge(post: P): Judgement;
    published(post: P): Published;
    words: { readonly similar: Fact; readonly notAll: Fact };
  },
): LookupOutput {
  const judged = partOf(read)
    .filter((post) => !exclude.includes(post.id))
    .reverse()
    .map((post) => ({ post, judgement: judge(post) }));
  const ours = judged.find(({ judgement }) => judgement === 'same');
  if (ours) return { found: 'yes', post: published(ours.post) };
  const [reason] = judged.flatMap(({ judgement }) => (typeof judgement === 'string' ? [] : [judgement]));
  if (reason) return { found: 'unclear', why: reason };
  if (judged.some(({ judgement }) => judgement === 'similar'))
    return { found: 'unclear', why: words.similar };
  return read.complete ? { found: 'absent' } : { found: 'unclear', why: words.notAll };
}

/** The usual words of a look-up on a platform. */
export const lookupWords = (platform: string): { similar: Fact; notAll: Fact } => ({
  similar: fact('connectors.lookup.similar', { platform }),
  notAll: fact('connectors.lookup.notAll', { platform }),
});
