import type { postingSettings } from '@/db/schema';
import { localDayOf } from '@/server/foundation/local-time';
import { LATE_MS } from '../publications/policy';

type Policy = (typeof postingSettings.$inferSelect)['missedPolicy'];
export interface LateRow {
  id: string;
  dueAt: Date;
  /** Since when nobody came for it. */
  since: Date;
  /** Its last attempt may have landed, and it is to be sent again under the same key: `keyed` while the platform knows the key. */
  doubt: 'none' | 'keyed' | 'over';
  /** It hangs on something that is out already. */
  follows?: boolean;
  /** It takes no place in the plan: a repost or a follow-up belongs to its post. */
  free?: boolean;
  /** Behind it in its lane stands what was due on an earlier day too and is in hand: the lane went on over midnight. */
  leads?: boolean;
}
/** go: as if on time; today: on today's date instead; ask, skip: it was missed; doubt: it may be out already. */
export type LateOutcome = 'go' | 'today' | 'ask' | 'skip' | 'doubt';

/**
 * What happens to a row whose time passed while nobody could send it. Within `missedMinutes` it goes out late (not with
 * `ask`); beyond, a person is asked, or it is skipped. What was due on an earlier local day needs room in today's plan;
 * without it a person is asked. It keeps its day where a lane is under way: with today's it would come behind what stands behind it.
 * `room` is counted down. Pure.
 */
export function classifyLate(
  row: LateRow,
  settings: { missedPolicy: Policy; missedMinutes: number },
  zone: string,
  now: Date,
  room: { today: number },
): LateOutcome {
  const late = now.getTime() - row.since.getTime();
  // It has to stay as it is for its key to hold: it goes on now, or a person looks for it.
  if (row.doubt !== 'none') {
    const may = settings.missedPolicy !== 'ask' && late <= settings.missedMinutes * 60_000;
    return may && row.doubt === 'keyed' ? 'go' : 'doubt';
  }
  // What it belongs to is out: half a thread is worse than a late one, and nobody chose a time for it.
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
 * Whether sending something now is still sending it at its time, only late: as late as the workspace lets posts go out by themselves. Before
 * its time, or later, it goes out at another time than was decided. What follows something that is out has no time of its own.
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
