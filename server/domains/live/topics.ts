import type { Topics } from './schemas';

/** A row that changed, as the feed's statement tells it. What `a` and `b` are depends on where it comes from. */
export interface ChangedRow {
  source: 'publication' | 'post' | 'activity' | 'action' | 'alert';
  id: string;
  a: string | null;
  b: string | null;
  xid: string;
}

/** So many rows of one kind are named; of more it is only said that there are. */
export const NAMED = 50;

/** A row's version, so that the same change is not told twice. */
export const changeKey = (row: ChangedRow): string => `${row.source} ${row.id} ${row.b ?? ''} ${row.xid}`;

/** The topics of changed rows, or null when there is nothing to tell. */
export function topicsOf(rows: readonly ChangedRow[]): Topics | null {
  if (rows.length === 0) return null;
  const named = new Map<string, Set<string> | null>();
  const add = (topic: string, id: string | null) => {
    const ids = named.get(topic);
    if (ids === null) return;
    if (id === null) named.set(topic, null);
    else if (ids) ids.add(id);
    else named.set(topic, new Set([id]));
  };
  const counts = new Map<string, number>();
  for (const row of rows) {
    const count = (counts.get(row.source) ?? 0) + 1;
    counts.set(row.source, count);
    const id = (of: string | null) => (count > NAMED ? null : of);
    if (row.source === 'activity') {
      // `approval.kept` about a post: the post changed, and so did the approvals, whose id the entry does not know.
      if (row.a) add(row.a, id(row.id));
      const [topic] = row.b?.split('.') ?? [];
      if (topic && topic !== row.a) add(topic, null);
      add('activity', null);
    } else add(row.source, id(row.id));
    if (row.source === 'publication') {
      if (row.a) add('post', id(row.a));
      if (row.b) add('approval', id(row.b));
    }
  }
  return Object.fromEntries([...named].map(([topic, ids]) => [topic, ids ? [...ids] : null]));
}
