import { type Engagement, isConnectorFault } from './types';

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
