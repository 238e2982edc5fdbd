import type { QueryClient } from '@tanstack/react-query';
import type { LiveTopics } from './store';

/** Which parts of the API answer otherwise after a change of a topic: the routers' names, or `router.procedure`. */
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
 * Reads again what a change touches: of single things only those that are named, of lists all. A topic that is not known here touches
 * everything that is shown. With `readBefore` (milliseconds since 1970) what was read later is left alone.
 */
export function invalidate(queries: QueryClient, topics: LiveTopics, readBefore = Infinity): void {
  const touched = touchedBy(topics);
  if (!touched) return;
  void queries.invalidateQueries({
    predicate: ({ queryKey, state }) => state.dataUpdatedAt < readBefore && touched(queryKey),
  });
}

/** Which queries a change touches, by their keys, or null when it is none. */
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
