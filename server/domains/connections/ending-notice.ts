/** Members are told this many days before a sign-in ends, once each. */
export const NOTICE_DAYS = [14, 7, 3, 1] as const;
type NoticeDays = (typeof NOTICE_DAYS)[number];

const DAY_MS = 24 * 3_600_000;
/** How long before its end a sign-in is looked at, in milliseconds. */
export const EARLIEST_MS = Math.max(...NOTICE_DAYS) * DAY_MS;

/**
 * Returns the notice that is due now, or null if there is none or it was given. `given` is the latest notice. If several became due at once,
 * only the latest is given.
 */
export function noticeDue(ends: Date, now: Date, given: number | null): NoticeDays | null {
  const left = ends.getTime() - now.getTime();
  if (left <= 0) return null;
  const due = NOTICE_DAYS.filter((days) => left <= days * DAY_MS).at(-1) ?? null;
  return due === null || (given !== null && given <= due) ? null : due;
}
