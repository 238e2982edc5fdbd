import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { PUBLICATION_LISTS, publications } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { type Fact, factOutput } from '@/server/foundation/facts';

/** Until when a publication is held back after its due time, and why, if known. */
export const waitsOutput = z.object({ until: z.date(), why: factOutput.nullable() }).nullable();
export type Waits = z.output<typeof waitsOutput>;

/** What the first publication in the lane waits for. A lane is sent in order, so everything behind it waits as well. */
export const laneHead = sql<{ until: number | null; why: Fact | null } | null>`
  case when ${publications.state} in ${listed(PUBLICATION_LISTS.unsent)} then (
    select jsonb_build_object('until', extract(epoch from h.retry_at) * 1000, 'why', h.problem)
    from publications h
    where h.connection_id = ${publications.connectionId} and h.workspace_id = ${publications.workspaceId}
      and h.state in ${listed(PUBLICATION_LISTS.lane)}
    order by h.due_at, h.id limit 1
  ) end`;

/**
 * Returns until when and why a publication is held back, by its own next attempt or that of the first in its lane. `until` may have passed.
 */
export function waitsOf(
  row: Pick<typeof publications.$inferSelect, 'state' | 'dueAt' | 'retryAt' | 'problem'>,
  head: { until: number | null; why: Fact | null } | null,
): Waits {
  if (row.state !== 'scheduled' && row.state !== 'queued') return null;
  if (row.retryAt) return row.retryAt > row.dueAt ? { until: row.retryAt, why: row.problem } : null;
  if (!head?.until || head.until <= row.dueAt.getTime()) return null;
  return { until: new Date(Math.round(head.until)), why: head.why };
}
