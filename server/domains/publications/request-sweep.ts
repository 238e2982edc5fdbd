import type { Ctx } from '@/server/verbs/context';
import { SWEEP_AHEAD_MS } from './policy';

/**
 * Requests a sweep if a publication is due at `dueAt` and the next regular sweep would be too late for it. Does nothing for null. Call it
 * after the transaction that made the publication due is committed. Never throws.
 */
export async function requestSweep(ctx: Pick<Ctx, 'clock' | 'events'>, dueAt: Date | null): Promise<void> {
  if (dueAt && dueAt.getTime() - ctx.clock.now().getTime() < SWEEP_AHEAD_MS)
    await ctx.events.publish('publishing/sweep.requested', {});
}
