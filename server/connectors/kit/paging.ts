import { isConnectorFault } from './types';

/**
 * Reads page after page, at most `limit` of them; `complete` is false if there are more. A page with a temporary failure is retried once,
 * because otherwise long lists would rarely be read in full.
 */
export async function readPages<T, C>(
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
