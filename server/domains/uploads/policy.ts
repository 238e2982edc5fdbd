/** How long before the due time of a post its media begins to upload, because the upload and the platform's processing take minutes. */
export const UPLOAD_AHEAD_MS = 15 * 60_000;
/**
 * How long a post waits past its due time for its media, counted from when the upload began. Its connection's lane waits with it, so after
 * this time the post fails and the next one is sent.
 */
export const UPLOAD_PATIENCE_MS = 20 * 60_000;
/**
 * An upload that was unattended for this long was delayed by us and not by its platform (the machine was off, posting was on hold, or there
 * was too much work), so that time does not count. Longer than a queued upload waits until it is requested again.
 */
export const UNATTENDED_MS = 6 * 60_000;
/** Media that the platform forgets less than this long after the due time is uploaded again before it. */
export const EXPIRY_MARGIN_MS = 30 * 60_000;
/** Media that was uploaded this recently is used, however soon the platform says that it expires. */
export const FRESH_MS = 10 * 60_000;
/** How long media is assumed to be kept if the platform does not say. */
export const KEPT_MS = 12 * 3_600_000;
/**
 * Duration of an upload lease, which is renewed during the upload. Shorter than the lease of the run, so that a process that takes over the
 * run of a crashed one finds the upload free.
 */
export const UPLOAD_LEASE_MS = 10_000;
/** Time that one call of the function spends on steps. */
export const UPLOAD_BUDGET_MS = 15_000;
/** Longest sleep of a run. Longer waits are left to the sweep. */
export const LONGEST_SLEEP_MS = 90_000;
/** Delay after which the sweep takes over from a run that should have continued. */
export const OVERDUE_MS = 45_000;
/** Time after which an upload that was requested but has not begun is requested again, because its run may have been lost. */
export const ASK_AGAIN_MS = 5 * 60_000;
/** Number of publications of one platform whose media is uploaded at the same time. */
export const UPLOADS_AT_ONCE = 12;
/** Number of publications whose uploads one sweep requests. */
export const UPLOAD_BATCH = 500;
/** Number of times that an upload is restarted after the platform lost it. */
export const MAX_RESTARTS = 5;
/** Shortest interval between checks of media that the platform is processing, whatever it suggests. */
export const SHORTEST_CHECK_MS = 1_000;
/** A limit that lasts at least this long postpones the post itself. Shorter ones are within its patience. */
export const POSTPONING_MS = 60_000;
/** Longest delay that a platform may request. */
export const LONGEST_LIMIT_MS = 24 * 3_600_000;
const RETRY_DELAYS_MS = [2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 240_000];

/** Returns the delay before the next attempt after `failures` failures (1 or more), or null if there are no more attempts. */
export const uploadRetryDelay = (failures: number): number | null => RETRY_DELAYS_MS[failures - 1] ?? null;
/** Returns the delay that the platform requested (in seconds), in milliseconds and within limits. */
export const uploadLimitDelay = (seconds: number | undefined): number =>
  Math.min(Math.max((seconds ?? 60) * 1000, 1000), LONGEST_LIMIT_MS);
