import { followLimits } from '@/components/platforms/catalogue';
import type { PublicationItem } from '@/components/trpc/outputs';
import type { PublicationWords } from './words';

/**
 * Whether a publication is a part of a thread or a first comment and not a later follow-up. A part's id is its post's id followed by its
 * number.
 */
export const isPart = (p: Pick<PublicationItem, 'id' | 'kind'>): boolean =>
  p.kind === 'reply' && /-\d\d$/.test(p.id);

/** Returns the name of a part that is shown below its post: "First comment", "Part 2". */
export const partName = (p: Pick<PublicationItem, 'id' | 'platform'>, t: PublicationWords): string =>
  followLimits(p.platform).kind === 'firstComment'
    ? t('follows.firstComment')
    : t('follows.part', { number: Number(p.id.slice(-2)) });

/**
 * Returns the label that lists show for a publication that follows a post: "Part 2", "Repost", "Follow-up"; null for a post. A share of an
 * earlier post is also labelled a repost, because it takes its place where an account cannot repost its own posts.
 */
export function followLabel(
  p: Pick<PublicationItem, 'id' | 'kind' | 'followsId' | 'platform'>,
  t: PublicationWords,
): string | null {
  if (isPart(p)) return partName(p, t);
  if (p.kind === 'reply') return t('follows.followUp');
  return p.kind === 'repost' || p.followsId !== null ? t('follows.repost') : null;
}

export interface Thread<P> {
  post: P;
  /** The parts that follow it and already are publications, in order. */
  parts: P[];
}

/** Groups publications into threads. A part whose post is not in the list stands alone. */
export function threadsOf<P extends Pick<PublicationItem, 'id' | 'kind' | 'followsId'>>(
  publications: readonly P[],
): Thread<P>[] {
  const byId = new Map(publications.map((p) => [p.id, p]));
  const rootOf = (p: P): P => {
    const above = isPart(p) && p.followsId ? byId.get(p.followsId) : undefined;
    return above ? rootOf(above) : p;
  };
  const threads = new Map<string, Thread<P>>();
  for (const p of publications) if (rootOf(p) === p) threads.set(p.id, { post: p, parts: [] });
  for (const p of publications) if (rootOf(p) !== p) threads.get(rootOf(p).id)?.parts.push(p);
  return [...threads.values()];
}

/** Describes the progress of a thread: "2 of 5 are out; the third did not go out: …". Null for a post without parts. */
export function threadInWords(
  post: Pick<PublicationItem, 'platform' | 'state' | 'problem' | 'parts'>,
  parts: readonly Pick<PublicationItem, 'state' | 'problem' | 'parts'>[],
  t: PublicationWords,
): string | null {
  const all = [post, ...parts];
  const last = all.at(-1) ?? post;
  const total = all.length + (last.parts.length ?? 0);
  // Nothing follows a cancelled post.
  if (total < 2 || post.state === 'cancelled') return null;
  const out = all.filter((p) => p.state === 'published').length;
  const comment = followLimits(post.platform).kind === 'firstComment';
  if (out === 0) {
    // The rest waits if the first post has failed or its outcome is unknown.
    const how =
      post.state === 'failed' ? 'headFailed' : post.state === 'unknown' ? 'headUnknown' : ('none' as const);
    return comment ? t(`comment.${how}`) : t(`thread.${how}`, { total });
  }
  if (out === total) return comment ? t('comment.all') : t('thread.all', { total });
  const { state } = last;
  const problem = last.problem?.text;
  const counts = { out, total, part: all.length };
  switch (state) {
    case 'failed':
      if (problem)
        return comment ? t('comment.failedWhy', { problem }) : t('thread.failedWhy', { ...counts, problem });
      return comment ? t('comment.failed') : t('thread.failed', counts);
    case 'unknown':
    case 'cancelled':
      return comment ? t(`comment.${state}`) : t(`thread.${state}`, counts);
    default:
      return comment ? t('comment.some') : t('thread.some', counts);
  }
}
