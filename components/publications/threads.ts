import { followLimits } from '@/components/platforms/catalogue';
import type { PublicationItem } from '@/components/trpc/outputs';

/** Whether it is a part of a thread or a first comment, and not a follow-up that came later: a part's id is its post's with its number. */
export const isPart = (p: Pick<PublicationItem, 'id' | 'kind'>): boolean =>
  p.kind === 'reply' && /-\d\d$/.test(p.id);

/** What a part is called where its post stands above it: "First comment", "Part 2". */
export const partName = (p: Pick<PublicationItem, 'id' | 'platform'>): string =>
  followLimits(p.platform).kind === 'firstComment' ? 'First comment' : `Part ${Number(p.id.slice(-2))}`;

/**
 * What a publication is called that is no post of its own, where posts are listed: "Part 2", "Repost", "Follow-up"; null for a post.
 * A share of an earlier post is a repost, too: so it is called where an account cannot repost its own posts.
 */
export function followWord(
  p: Pick<PublicationItem, 'id' | 'kind' | 'followsId' | 'platform'>,
): string | null {
  if (isPart(p)) return partName(p);
  if (p.kind === 'reply') return 'Follow-up';
  return p.kind === 'repost' || p.followsId !== null ? 'Repost' : null;
}

export interface Thread<P> {
  post: P;
  /** What follows it and is a publication by now, in its order. */
  parts: P[];
}

/** Publications with what hangs on them, each thread as one. A part whose post is not among them stands by itself. */
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

/** What is said of the rest where nothing is out and the first of them does not move by itself. */
const HEAD_STANDS: Partial<Record<PublicationItem['state'], { comment: string; rest: string }>> = {
  failed: {
    comment: 'Its first comment waits for it.',
    rest: 'the rest waits for the first.',
  },
  unknown: {
    comment: 'Its first comment waits for your answer.',
    rest: 'the rest waits for your answer.',
  },
};

/** How far a thread is, in words: "2 of 5 are out; the third did not go out: …". Null for a post with nothing after it. */
export function threadInWords(
  post: Pick<PublicationItem, 'platform' | 'state' | 'problem' | 'parts'>,
  parts: readonly Pick<PublicationItem, 'state' | 'problem' | 'parts'>[],
): string | null {
  const all = [post, ...parts];
  const last = all.at(-1) ?? post;
  const total = all.length + (last.parts.length ?? 0);
  // What was taken back brings nothing after it.
  if (total < 2 || post.state === 'cancelled') return null;
  const out = all.filter((p) => p.state === 'published').length;
  if (followLimits(post.platform).kind === 'firstComment') {
    if (out === 0) return HEAD_STANDS[post.state]?.comment ?? 'Its first comment follows once it is out.';
    if (out === total) return 'The post and its first comment are out.';
    const comment = {
      failed: ` The first comment did not go out${last.problem ? `: ${last.problem.text}` : '.'}`,
      unknown: ' Nobody can tell whether the first comment went out.',
      cancelled: ' The first comment was left out.',
    } as Partial<Record<PublicationItem['state'], string>>;
    return `The post is out.${comment[last.state] ?? ' Its first comment follows.'}`;
  }
  if (out === 0 && HEAD_STANDS[post.state]) return `${total} parts: ${HEAD_STANDS[post.state]?.rest}`;
  if (out === 0) return `${total} parts: they go out one after the other.`;
  if (out === total) return `All ${total} parts are out.`;
  const where = `Part ${all.length}`;
  const then = {
    failed: ` ${where} did not go out${last.problem ? `: ${last.problem.text}` : '.'} The rest waits for it.`,
    unknown: ` Nobody can tell whether part ${all.length} went out. The rest waits for your answer.`,
    cancelled: ` The thread was ended before part ${all.length}.`,
  } as Partial<Record<PublicationItem['state'], string>>;
  return `${out} of ${total} parts are out.${then[last.state] ?? ''}`;
}
