/** How long before a post's time its pictures begin to be uploaded: an upload and the platform's work on it take minutes. */
export const UPLOAD_AHEAD_MS = 15 * 60_000;
/**
 * How long a post waits past its time for its pictures, from when somebody set to them. Its connection's lane waits with it, so it
 * ends: then the post has failed, and the next one goes.
 */
export const UPLOAD_PATIENCE_MS = 20 * 60_000;
/**
 * An upload at which nobody was for so long was kept waiting by us and not by its platform (the machine was off, posting was held, there
 * was too much to do): that time does not count. Longer than what was asked for waits until it is asked for again.
 */
export const QUIET_MS = 6 * 60_000;
/** What a platform forgets so soon after the post's time is uploaded again before it. */
export const EXPIRY_MARGIN_MS = 30 * 60_000;
/** What was uploaded just now is used, however soon the platform says that it forgets it. */
export const FRESH_MS = 10 * 60_000;
/** Kept for so long where the platform does not say. */
export const KEPT_MS = 12 * 3_600_000;
/**
 * The lease of whoever uploads, renewed while it works. Shorter than that of its run: who takes up the run of a process that died
 * finds the upload free.
 */
export const UPLOAD_LEASE_MS = 10_000;
/** One call of the function does steps for so long. */
export const UPLOAD_BUDGET_MS = 15_000;
/** A run sleeps for no longer: what waits longer is left to the sweep. */
export const LONGEST_SLEEP_MS = 90_000;
/** After a run should have gone on and did not, the sweep does. */
export const OVERDUE_MS = 45_000;
/** What was asked for and has not begun is asked for again after so long: its run may have been lost. */
export const ASK_AGAIN_MS = 5 * 60_000;
/** Publications of one platform whose pictures are uploaded at once. */
export const UPLOADS_AT_ONCE = 12;
/** Publications whose pictures one sweep asks for. */
export const UPLOAD_BATCH = 500;
/** A platform that lost an upload gets it again so often. */
export const MAX_RESTARTS = 5;
/** What a platform processes is looked at no sooner than this, whatever it says. */
export const SHORTEST_CHECK_MS = 1_000;
const LONGEST_LIMIT_MS = 15 * 60_000;
const RETRY_DELAYS_MS = [2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 240_000];

/** The wait before the next attempt after `failures` troubles (1 or more), or null when it is over. */
export const uploadRetryDelay = (failures: number): number | null => RETRY_DELAYS_MS[failures - 1] ?? null;
/** The wait that a platform asked for (seconds), within reason. */
export const uploadLimitDelay = (seconds: number | undefined): number =>
  Math.min(Math.max((seconds ?? 60) * 1000, 1000), LONGEST_LIMIT_MS);
