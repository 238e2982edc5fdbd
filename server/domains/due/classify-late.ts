import type { postingSettings } from '@/db/schema';
import { localDayOf } from '@/server/foundation/local-time';
import { LATE_MS } from '../publications/policy';

type Policy = (typeof postingSettings.$inferSelect)['missedPolicy'];
export interface LateRow {
  id: string;
  dueAt: Date;
  /** Since when no process has attended to it. */
  since: Date;
  /**
   * Whether an attempt may have arrived, so that the row is to be sent again under the same key. `keyed`: the platform still knows the key;
   * `over`: it may not.
   */
  doubt: 'none' | 'keyed' | 'over';
  /** It is attached to something that is already published. */
  follows?: boolean;
  /** It does not count towards the daily quota, because a repost or a follow-up belongs to its post. */
  free?: boolean;
  /** A later publication in its lane was also due on an earlier day and is in progress: the lane was still running past midnight. */
  leads?: boolean;
}
/** go: send as if on time; today: move to today's date; ask, skip: it was missed; doubt: it may already be out. */
export type LateOutcome = 'go' | 'today' | 'ask' | 'skip' | 'doubt';

/**
 * Decides what happens to a row whose time passed while no process could send it. Within `missedMinutes` it is published late (except with
 * `ask`); after that a user is asked, or it is skipped. A row due on an earlier local day needs a place in today's plan; without one a user
 * is asked. It keeps its day if its lane is in progress, because with today's date it would fall behind the rows after it. Decrements
 * `room`. Pure.
 */
export function classifyLate(
  row: LateRow,
  settings: { missedPolicy: Policy; missedMinutes: number },
  zone: string,
  now: Date,
  room: { today: number },
): LateOutcome {
  const late = now.getTime() - row.since.getTime();
  // The row must not change, or its key would no longer apply. It is sent now, or a user is asked.
  if (row.doubt !== 'none') {
    const may = settings.missedPolicy !== 'ask' && late <= settings.missedMinutes * 60_000;
    return may && row.doubt === 'keyed' ? 'go' : 'doubt';
  }
  // What it is attached to is already out. Half a thread is worse than a late one, and no user chose a time for this part.
  if (row.follows) return 'go';
  if (settings.missedPolicy === 'ask') return 'ask';
  if (late > settings.missedMinutes * 60_000) return settings.missedPolicy === 'skip' ? 'skip' : 'ask';
  if (row.dueAt >= localDayOf(now, zone).from || row.leads) return 'go';
  if (row.free) return 'today';
  if (room.today < 1) return 'ask';
  room.today--;
  return 'today';
}

/**
 * Whether sending now still counts as sending at the scheduled time, only late: within the delay that the workspace allows for automatic
 * publishing. Before its time, or after that delay, the post goes out at a different time than was decided. What follows something already
 * published has no time of its own.
 */
export function isStillOnTime(
  row: { dueAt: Date; followsId: string | null },
  settings: { missedPolicy: Policy; missedMinutes: number } | null,
  now: Date,
): boolean {
  if (row.followsId !== null) return true;
  const late = now.getTime() - row.dueAt.getTime();
  const allowed = settings && settings.missedPolicy !== 'ask' ? settings.missedMinutes * 60_000 : 0;
  return late >= 0 && late <= Math.max(allowed, LATE_MS);
}
