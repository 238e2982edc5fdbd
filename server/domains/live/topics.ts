import type { Topics } from './schemas';

/** A changed row, as returned by the feed's query. The meaning of `a` and `b` depends on the source. */
export interface ChangedRow {
  source: 'publication' | 'post' | 'activity' | 'action' | 'alert';
  id: string;
  a: string | null;
  b: string | null;
  xid: string;
}

/** Maximum number of rows of one kind that are named; beyond that, only the topic is reported. */
export const NAMED = 50;

/** Identifies a row's version, so that the same change is not reported twice. */
export const changeKey = (row: ChangedRow): string => `${row.source} ${row.id} ${row.b ?? ''} ${row.xid}`;

/** Returns the topics of changed rows, or null if there is nothing to report. */
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
      // For `approval.kept` about a post, the post changed and so did the approvals, whose id is not in the entry.
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
