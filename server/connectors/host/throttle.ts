import { latestStored } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import type { ReportedLimit } from '../kit/limits';
import { ConnectorFault } from '../kit/types';

/** The remaining quota of a rate limit, as last reported by the platform. */
export interface Bucket {
  remaining: number;
  resetsAt: Date;
}
export interface BucketStore {
  /** Called only when little is left, so that other processes stop in time as well. */
  low(bucket: string, state: Bucket): Promise<void>;
}
/** At or below this, the state is shared with other processes. */
const LOW = 3;
const MAX = 4_000;
const SHORT_MS = 5_000;
/** No limit lasts longer (`readLimits`). */
export const LONGEST_WINDOW_MS = 86_400_000;

/** The limits of each connection, by name. */
const memory = new Map<string, Map<string, Bucket>>();

function remember(connectionId: string, bucket: string, state: Bucket): void {
  const limits = memory.get(connectionId) ?? new Map<string, Bucket>();
  if (!memory.has(connectionId) && memory.size >= MAX) memory.clear();
  memory.set(connectionId, limits.set(bucket, state));
}

/** Adopts a connection's limits from the database. Of two states for the same window, the stricter wins. */
export function adoptLimit(connectionId: string, bucket: string, state: Bucket): void {
  const known = memory.get(connectionId)?.get(bucket);
  if (known && known.resetsAt >= state.resetsAt && known.remaining <= state.remaining) return;
  remember(connectionId, bucket, state);
}

const ALL = '*';
/** Names the limit of one window. A window besides the platform's usual one has a limit of its own. */
const bucketName = (base: string, window: string): string => (window === '' ? base : `${base} ${window}`);
/** Returns what a limit covers: an operation, whose name has no spaces, or everything. */
const baseOf = (bucket: string): string | undefined => bucket.split(' ', 1)[0];

/**
 * Throws `rate_limited` if the platform reported that nothing is left of a window that has not ended. If several are used up, `retryAfter` is
 * the end of the last one.
 */
export function assertNotThrottled(name: string, connectionId: string, bucket: string, now: Date): void {
  let longest = 0;
  const limits = memory.get(connectionId);
  for (const [limit, state] of limits ?? []) {
    const base = baseOf(limit);
    if (base !== bucket && base !== ALL) continue;
    const wait = Math.ceil((state.resetsAt.getTime() - now.getTime()) / 1000);
    if (wait <= 0 || state.resetsAt > latestStored(now, LONGEST_WINDOW_MS)) limits?.delete(limit);
    else if (state.remaining <= 0) longest = Math.max(longest, wait);
  }
  if (longest > 0)
    throw new ConnectorFault('rate_limited', fact('connectors.errors.slowDown', { platform: name }), {
      retryAfter: Math.min(86_400, longest),
    });
}

/** Stores the limits that a response reported, and shares those of which little is left. */
export async function recordLimits(
  store: BucketStore,
  connectionId: string,
  bucket: string,
  limits: readonly ReportedLimit[],
  now: Date,
): Promise<void> {
  for (const [name, state] of strictest(bucket, limits)) {
    remember(connectionId, name, state);
    // A window of one second ends before another process could read about it.
    if (state.remaining <= LOW && state.resetsAt.getTime() - now.getTime() > SHORT_MS)
      await store
        .low(name, state)
        .catch((error: unknown) =>
          log().warn({ err: error, bucket: name }, 'a used-up limit could not be stored'),
        );
  }
}

/** Returns the limits with a known end, by name. Of several with the same name, the one that is used up for longer counts. */
function strictest(bucket: string, limits: readonly ReportedLimit[]): Map<string, Bucket> {
  const named = new Map<string, Bucket>();
  for (const { window, scope, remaining, resetsAt } of limits) {
    if (remaining === null || resetsAt === null) continue;
    const name = bucketName(scope === 'all' ? ALL : bucket, window);
    const other = named.get(name);
    const stricter =
      !other ||
      remaining < other.remaining ||
      (remaining === other.remaining && resetsAt.getTime() > other.resetsAt.getTime());
    if (stricter) named.set(name, { remaining, resetsAt });
  }
  return named;
}

/** For tests. */
export function resetLimits(): void {
  memory.clear();
}
