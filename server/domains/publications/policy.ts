import { fact } from '@/server/foundation/facts';

/** How long the sweep looks ahead: a little more than its own minute, so that no second falls between two sweeps. */
export const SWEEP_AHEAD_MS = 70_000;
export const SWEEP_BATCH = 1000;
/** What waits for longer than this past its time was missed: a publisher that runs takes it within a minute or two. */
export const LATE_MS = 5 * 60_000;
/** Above this, one question is asked about all that was missed at once, instead of one each. */
export const MAX_QUESTIONS = 20;
/**
 * How long a claim keeps its row for its lane after its time. It is no lease: nobody works on the row yet, and a lane that nobody
 * sends is taken up long before (`IDLE_LANE_MS`).
 */
export const QUEUE_LEASE_MS = 180_000;
/** The longest that one call to a platform may take. Its process renews the lease for as long (db/leases.ts). */
export const CALL_LIMIT_MS = 60_000;
/**
 * A platform's "it is not there" counts only this long after the last instant at which a request of the last attempt can have left: the
 * end of that attempt or, where its process died, of its lease. A request that nobody waits for any more may still arrive; a connector's
 * own limit for one request is 20 s, and this is more than twice that.
 */
export const ABSENCE_GRACE_MS = 45_000;
/** Clocks differ, a vendor's from ours too: a look-up begins this much before the first attempt. More costs a page or two. */
export const CLOCK_MARGIN_MS = 900_000;
/** A key is not relied on in the last hour of the time that the platform keeps it. */
export const KEY_MARGIN_MS = 3_600_000;
/** How long to wait after each look-up that could not say. After the last, a person is asked. */
const LOOKUP_DELAYS_MS = [10_000, 30_000, 60_000, 180_000];
/** How long to wait after each temporary trouble. After the last, the publication has failed. */
const RETRY_DELAYS_MS = [10_000, 30_000, 120_000, 600_000, 1_800_000];
/** What is written of an attempt whose process ended, or lost the database, before it could write how it went. */
export const OUTCOME_UNKNOWN = fact('publications.notes.outcomeUnknown');
/** Sends with an unknown outcome and that were not there afterwards. After these, the publication has failed. */
export const MAX_UNSEEN_SENDS = 5;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** The wait before the next attempt after `failures` temporary troubles (1 or more), or null when it is over. */
export const retryDelay = (failures: number): number | null => RETRY_DELAYS_MS[failures - 1] ?? null;
/** The wait before the next look-up after `unclear` of them could not say, or null when a person must look. */
export const lookupDelay = (unclear: number): number | null => LOOKUP_DELAYS_MS[unclear - 1] ?? null;
/** The wait that a platform asked for (seconds), within reason. */
export const rateLimitDelay = (seconds: number | undefined): number =>
  Math.min(Math.max((seconds ?? 60) * 1000, 1000), LONGEST_WAIT_MS);

/** How long one run goes on with a connection's lane before it hands over to the next, so that a run stays short everywhere. */
export const LANE_BUDGET_MS = 40_000;
/** A lane whose first publication is due for this long and that nobody sends is taken up by the sweep. */
export const IDLE_LANE_MS = 3_000;
/** The same between sweeps: in a crowd, lanes wait this long for their turn without anything being wrong. */
export const FORGOTTEN_LANE_MS = 12_000;
/** Lanes of one platform that are sent at the same time, so that a slow platform leaves room for the others. */
export const LANES_AT_ONCE = 48;
