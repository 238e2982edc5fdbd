import type { QueryClient } from '@tanstack/react-query';
import type { LiveTopics } from './store';

/** The parts of the API that a change of each topic affects: names of routers, or `router.procedure`. */
const READS: Record<string, readonly string[]> = {
  publication: ['publications', 'posts', 'planning', 'autoPosting'],
  post: ['posts', 'publications', 'planning'],
  approval: ['approvals', 'todo', 'home.shell', 'posts', 'publications'],
  action: ['todo', 'home.shell'],
  alert: ['alerts'],
  activity: [],
  connection: ['connections', 'home.shell', 'planning', 'sales'],
  workspace: [
    'workspace',
    'home',
    'autoPosting',
    'connections',
    'topics',
    'publications',
    'posts',
    'planning',
    'billing',
  ],
  automation: ['workspace', 'planning'],
  plan: ['billing', 'home', 'generation'],
  topics: ['topics', 'posts'],
  topic: ['topics', 'posts'],
  product: ['products', 'listings'],
  listing: ['listings', 'products', 'pricing'],
  price: ['pricing', 'listings', 'products'],
  price_rule: ['pricing', 'listings', 'products'],
  sale: ['sales', 'ledger', 'home'],
  file: [],
};

/**
 * Refetches what a change affects: all lists, and of single items only the named ones. An unknown topic affects everything on the page.
 * With `readBefore` (milliseconds since 1970), data read later is left alone.
 */
export function invalidate(queries: QueryClient, topics: LiveTopics, readBefore = Infinity): void {
  const touched = touchedBy(topics);
  if (!touched) return;
  void queries.invalidateQueries({
    predicate: ({ queryKey, state }) => state.dataUpdatedAt < readBefore && touched(queryKey),
  });
}

/** Returns a predicate for the keys of the queries that a change affects, or null if it affects none. */
export function touchedBy(topics: LiveTopics): ((key: readonly unknown[]) => boolean) | null {
  if (topics === null) return () => true;
  const reads = new Set<string>();
  const ids = new Set<string>();
  let named = true;
  for (const [topic, changed] of Object.entries(topics)) {
    const touched = READS[topic];
    if (!touched) return () => true;
    for (const read of touched) reads.add(read);
    if (changed) for (const id of changed) ids.add(id);
    else if (touched.length > 0) named = false;
  }
  if (reads.size === 0) return null;
  return (key) => {
    const [path, options] = key as readonly [unknown, { input?: { id?: unknown } }?];
    if (!Array.isArray(path)) return false;
    if (!reads.has(String(path[0])) && !reads.has(path.join('.'))) return false;
    const id = options?.input?.id;
    return !named || typeof id !== 'string' || ids.has(id);
  };
}
