import { isConnectorFault } from './types';

/**
 * Asks page after page until there is none. `limit` pages at most: answers `complete: false` when there were more. A page
 * that meets temporary trouble is asked for once more: with one chance for each, a long list would rarely come whole.
 */
export async function pages<T, C>(
  first: C,
  ask: (cursor: C) => Promise<{ items: readonly T[]; next: C | null }>,
  limit: number,
): Promise<{ items: T[]; complete: boolean }> {
  const items: T[] = [];
  let cursor: C | null = first;
  for (let page = 0; cursor !== null; page++) {
    if (page === limit) return { items, complete: false };
    const at: C = cursor;
    const answer: { items: readonly T[]; next: C | null } = await ask(at).catch((error: unknown) => {
      if (isConnectorFault(error) && error.kind === 'transient') return ask(at);
      throw error;
    });
    items.push(...answer.items);
    cursor = answer.next;
  }
  return { items, complete: true };
}
