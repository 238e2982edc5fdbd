import type { FollowUpRule } from '@/db/schema';
import { type Fact, fact } from '@/server/foundation/facts';

/** "1 like", "57 likes". */
export const formatCount = (count: number, measure: FollowUpRule['measure']): Fact =>
  fact('followUpRules.notes.counted', { count, measure });

/** Formats a duration as "40 minutes", "1 hour", "3 hours" or "2 days", rounded down to a single unit. */
export function formatDuration(ms: number): Fact {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  if (minutes < 60) return fact('followUpRules.notes.minutes', { count: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? fact('followUpRules.notes.hours', { count: hours })
    : fact('followUpRules.notes.days', { count: Math.floor(hours / 24) });
}
