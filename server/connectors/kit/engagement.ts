import type { Fact } from '@/server/foundation/facts';
import { ConnectorFault, type Engagement, isConnectorFault } from './types';

type Numbers = Readonly<
  Partial<Record<'likes' | 'replies' | 'reposts' | 'views', number | null | undefined>>
>;

/** The engagement of a post. A number that the platform omits or does not count is unknown (null). */
export const counted = (remoteId: string, { likes, replies, reposts, views }: Numbers): Engagement => ({
  remoteId,
  gone: false,
  likes: likes ?? null,
  replies: replies ?? null,
  reposts: reposts ?? null,
  views: views ?? null,
});

/** The engagement of a post that the platform reports as gone. */
export const goneAt = (remoteId: string): Engagement => ({ ...counted(remoteId, {}), gone: true });

/**
 * Reads the engagement of posts in one request (`ask`), at a platform that refuses a whole list if one post is gone: the list is halved until
 * that post is isolated and the others are read. `isGone` tells that refusal by its vendor code.
 */
export async function readHalving(
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<Engagement[]>,
  isGone: (vendorCode: string | undefined) => boolean,
): Promise<Engagement[]> {
  const [only] = ids;
  if (only === undefined) return [];
  try {
    return await ask(ids);
  } catch (error) {
    if (!isConnectorFault(error) || !isGone(error.options.vendorCode)) throw error;
    if (ids.length === 1) return [goneAt(only)];
    const half = Math.ceil(ids.length / 2);
    return [
      ...(await readHalving(ids.slice(0, half), ask, isGone)),
      ...(await readHalving(ids.slice(half), ask, isGone)),
    ];
  }
}

/**
 * Reads the engagement of posts of which some have an id of their own only later, such as a video that is published once it is processed.
 * `postOf` returns the id under which the platform counts a post, `gone`, or null if there is none yet. The result has the ids as `asked`.
 */
export async function readByOwnIds(
  asked: readonly string[],
  postOf: (id: string) => Promise<string | 'gone' | null>,
  read: (ids: readonly string[]) => Promise<Engagement[]>,
): Promise<Engagement[]> {
  const posts: { id: string; post: string }[] = [];
  const gone: Engagement[] = [];
  for (const id of asked) {
    const post = await postOf(id);
    if (post === 'gone') gone.push(goneAt(id));
    else if (post !== null) posts.push({ id, post });
  }
  const seen = await read([...new Set(posts.map(({ post }) => post))]);
  const named = posts.flatMap(({ id, post }) =>
    seen.filter((one) => one.remoteId === post).map((one) => ({ ...one, remoteId: id })),
  );
  return [...gone, ...named];
}

/** Throws `rejected` if all of several posts are gone, because then the permission to see them is missing. */
export function unlessAllGone(asked: readonly string[], read: Engagement[], why: Fact): Engagement[] {
  if (asked.length > 1 && asked.every((id) => read.some((one) => one.remoteId === id && one.gone)))
    throw new ConnectorFault('rejected', why);
  return read;
}
