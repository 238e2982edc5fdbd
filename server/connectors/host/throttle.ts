import { latestStored } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import { ConnectorFault } from '../kit/types';
import { LONGER_WINDOWS, type ReportedLimit } from './rate-headers';

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
const MAX = 10_000;
const SHORT_MS = 5_000;
/** No limit lasts longer (`readLimits`). */
export const LONGEST_WINDOW_MS = 86_400_000;

const memory = new Map<string, Bucket>();
const key = (connectionId: string, bucket: string) => `${connectionId}\n${bucket}`;

/** Adopts a connection's limits from the database. Of two states for the same window, the stricter wins. */
export function adoptLimit(connectionId: string, bucket: string, state: Bucket): void {
  const k = key(connectionId, bucket);
  const known = memory.get(k);
  if (known && known.resetsAt >= state.resetsAt && known.remaining <= state.remaining) return;
  if (memory.size >= MAX) memory.clear();
  memory.set(k, state);
}

const ALL = '*';
/** Names the limit of one window. A window besides the platform's usual one has a limit of its own. */
const bucketName = (base: string, window: ReportedLimit['window']): string =>
  window === '' ? base : `${base} ${window}`;
const WINDOWS = ['', ...LONGER_WINDOWS] as const;

/**
 * Throws `rate_limited` if the platform reported that nothing is left of a window that has not ended. If several are used up, `retryAfter` is
 * the end of the last one.
 */
export function assertNotThrottled(name: string, connectionId: string, bucket: string, now: Date): void {
  let longest = 0;
  for (const base of [bucket, ALL])
    for (const window of WINDOWS) {
      const k = key(connectionId, bucketName(base, window));
      const state = memory.get(k);
      if (!state) continue;
      const wait = Math.ceil((state.resetsAt.getTime() - now.getTime()) / 1000);
      if (wait <= 0 || state.resetsAt > latestStored(now, LONGEST_WINDOW_MS)) memory.delete(k);
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
    if (memory.size >= MAX) memory.clear();
    memory.set(key(connectionId, name), state);
    // A window of one second ends before another process could read about it.
    if (state.remaining <= LOW && state.resetsAt.getTime() - now.getTime() > SHORT_MS)
      await store.low(name, state).catch(() => {});
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
