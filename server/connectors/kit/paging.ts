/** Asks page after page until there is none. `limit` pages at most: answers `complete: false` when there were more. */
export async function pages<T, C>(
  first: C,
  ask: (cursor: C) => Promise<{ items: readonly T[]; next: C | null }>,
  limit: number,
): Promise<{ items: T[]; complete: boolean }> {
  const items: T[] = [];
  let cursor: C | null = first;
  for (let page = 0; cursor !== null; page++) {
    if (page === limit) return { items, complete: false };
    const answer: { items: readonly T[]; next: C | null } = await ask(cursor);
    items.push(...answer.items);
    cursor = answer.next;
  }
  return { items, complete: true };
}
