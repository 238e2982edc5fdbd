import { latestStored } from '@/server/foundation/clock';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';

/** Maximum number of attempts when other refreshes for the same customer are faster. */
const ROUNDS = 4;

/** Whether the applied state (requested at `appliedAt`) was requested later than the one at hand. */
export const isNewer = (appliedAt: Date | null, askedAt: Date, now: Date): boolean =>
  appliedAt !== null && appliedAt > askedAt && appliedAt <= latestStored(now);

/**
 * Repeats a refresh, which returns null if a newer state was already applied. Throws if it never succeeds, so that the event that triggered
 * it is delivered again.
 */
export async function untilApplied<T>(refresh: () => Promise<T | null>): Promise<T> {
  for (let round = 0; round < ROUNDS; round++) {
    const result = await refresh();
    if (result !== null) return result;
  }
  throw new AppError('conflict', fact('billing.errors.inUse'));
}
