import { fact } from '@/server/foundation/facts';

/** How far the sweep looks ahead: slightly more than its interval of a minute, so that there is no gap between two sweeps. */
export const SWEEP_AHEAD_MS = 70_000;
export const SWEEP_BATCH = 1000;
/** Delay after which a waiting publication counts as missed. A running publisher claims it within a minute or two. */
export const LATE_MS = 5 * 60_000;
/** Number of missed posts above which one question covers them all. */
export const MAX_QUESTIONS = 20;
/**
 * How long after its due time a claim reserves a row for its lane. This is not a lease, because no process works on the row yet, and an
 * idle lane is picked up long before (`IDLE_LANE_MS`).
 */
export const QUEUE_LEASE_MS = 180_000;
/** Maximum duration of one call to a platform. The process renews its lease for that long (db/leases.ts). */
export const CALL_LIMIT_MS = 60_000;
/**
 * A platform's "not there" counts only this long after the last moment at which a request of the last attempt can have left: the end of
 * that attempt or, if its process crashed, of its lease. An abandoned request may still arrive; a connector's own limit for one request is
 * 20 s, and this is more than twice that.
 */
export const ABSENCE_GRACE_MS = 45_000;
/**
 * Clocks differ, including the platform's from ours, so a look-up begins this much before the first attempt. A larger margin costs a page
 * or two.
 */
export const CLOCK_MARGIN_MS = 900_000;
/**
 * Returns for how long after the first request a key is relied on, in milliseconds, if the platform remembers it for `keyMs`. The rest is a
 * margin for a request that is slow to arrive: with the shortest keys (a minute) the time-out of one request.
 */
export const usableKeyMs = (keyMs: number | null | undefined): number => Math.floor(((keyMs ?? 0) * 2) / 3);
/** Delays after each inconclusive look-up. After the last, a user is asked. */
const LOOKUP_DELAYS_MS = [10_000, 30_000, 60_000, 180_000];
/** Delays after each temporary failure. After the last, the publication has failed. */
const RETRY_DELAYS_MS = [10_000, 30_000, 120_000, 600_000, 1_800_000];
/** Message of an attempt whose process ended, or lost the database, before it could record the outcome. */
export const OUTCOME_UNKNOWN = fact('publications.notes.outcomeUnknown');
/** Maximum number of sends that had an unknown outcome and were not found afterwards. After these, the publication has failed. */
export const MAX_UNSEEN_SENDS = 5;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** Returns the delay before the next attempt after `failures` temporary failures (1 or more), or null if there are no more attempts. */
export const retryDelay = (failures: number): number | null => RETRY_DELAYS_MS[failures - 1] ?? null;
/** Returns the delay before the next look-up after `unclear` inconclusive ones, or null if a user must be asked. */
export const lookupDelay = (unclear: number): number | null => LOOKUP_DELAYS_MS[unclear - 1] ?? null;
/** Returns the delay that the platform requested (in seconds), in milliseconds and within limits. */
export const rateLimitDelay = (seconds: number | undefined): number =>
  Math.min(Math.max((seconds ?? 60) * 1000, 1000), LONGEST_WAIT_MS);

/** How long one run sends a connection's lane before it hands over to the next, so that runs stay short on every host. */
export const LANE_BUDGET_MS = 40_000;
/** Time after which the sweep picks up a lane whose first publication is due but is not being sent. */
export const IDLE_LANE_MS = 3_000;
/** The same between sweeps. Under heavy load, lanes wait this long for their turn without anything being wrong. */
export const FORGOTTEN_LANE_MS = 12_000;
/** Number of lanes of one platform that are sent at the same time, so that a slow platform leaves capacity for the others. */
export const LANES_AT_ONCE = 48;
