import { fact } from '@/server/foundation/facts';
import { MAX_INT, nearestInstant } from '@/server/foundation/inputs';
import { ConnectorFault } from '../kit/types';

/** The remaining quota of a rate limit, as last reported by the platform. */
export interface Bucket {
  remaining: number;
  resetsAt: Date;
  /** `all`: the limit covers every request of the connection, otherwise only the one operation. */
  scope?: 'all';
}
export interface BucketStore {
  /** Called only when little is left, so that other processes stop in time as well. */
  low(bucket: string, state: Bucket): Promise<void>;
}
/** At or below this, the state is shared with other processes. */
const LOW = 3;
const MAX = 10_000;
const SHORT_MS = 5_000;

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

/** Throws `rate_limited` if the platform reported that nothing is left of a window that has not ended. */
export function assertNotThrottled(name: string, connectionId: string, bucket: string, now: Date): void {
  for (const k of [key(connectionId, bucket), key(connectionId, ALL)]) {
    const state = memory.get(k);
    if (!state) continue;
    const wait = Math.ceil((state.resetsAt.getTime() - now.getTime()) / 1000);
    if (wait <= 0) {
      memory.delete(k);
      continue;
    }
    if (state.remaining > 0) continue;
    throw new ConnectorFault('rate_limited', fact('connectors.errors.slowDown', { platform: name }), {
      retryAfter: Math.min(86_400, wait),
    });
  }
}

/** Reads the rate limit from a platform's headers. Returns null if they specify none with a known end. */
export function readBucket(headers: Record<string, string>, now: Date): Bucket | null {
  const remaining = headers['x-rate-limit-remaining'];
  const reset = headers['x-rate-limit-reset'];
  if (/^\d+$/.test(remaining ?? '') && /^\d+$/.test(reset ?? ''))
    return {
      remaining: Math.min(Number(remaining), MAX_INT),
      resetsAt: nearestInstant(Number(reset) * 1000),
    };
  // Etsy limits requests per second and per day. Only the end of the second is known, and it is near.
  if (headers['x-remaining-this-second'] === '0')
    return { remaining: 0, resetsAt: new Date(now.getTime() + 1000), scope: 'all' };
  return null;
}

/** Stores the limit that a response reported, and shares it when little is left. */
export async function recordLimit(
  store: BucketStore,
  connectionId: string,
  bucket: string,
  state: Bucket | null,
  now: Date,
): Promise<void> {
  if (!state) return;
  const name = state.scope === 'all' ? ALL : bucket;
  if (memory.size >= MAX) memory.clear();
  memory.set(key(connectionId, name), state);
  // A window of one second ends before another process could read about it.
  if (state.remaining <= LOW && state.resetsAt.getTime() - now.getTime() > SHORT_MS)
    await store.low(name, { remaining: state.remaining, resetsAt: state.resetsAt }).catch(() => {});
}

/** For tests. */
export function resetLimits(): void {
  memory.clear();
}
