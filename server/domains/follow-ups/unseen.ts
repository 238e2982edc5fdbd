import { FOLLOWED_MS } from '../results/schedule';

/** What is known of how a publication is followed. */
export interface Followed {
  state: string;
  publishedAt: Date | null;
  /** Whether we know which post on the platform it is. */
  known: boolean;
  results: { gone: boolean; over: boolean } | null;
}

/** Why nobody looks at how a post does any more, in words, or null while it is looked at or is not out. Pure. */
export function whyUnseen({ state, publishedAt, known, results }: Followed, now: Date): string | null {
  if (state !== 'published') return null;
  if (!known) return 'We do not know where the post is, so we cannot see how it does.';
  if (results?.gone) return 'Its platform does not show the post any more.';
  if (results?.over || (publishedAt && now.getTime() - publishedAt.getTime() >= FOLLOWED_MS))
    return 'How a post does is followed for 30 days, and they are over.';
  return null;
}
