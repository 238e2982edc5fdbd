import { env } from '@/server/foundation/env';

/**
 * Limits the runs of one platform that run at the same time, so that a slow or unavailable platform does not take the slots of the others.
 * The event of every trigger must carry the platform. On an Inngest server the limit never exceeds that of its plan; it is read when the
 * functions are registered.
 */
export const onePlatform = (most: number): { readonly key: string; readonly limit: number } => ({
  key: 'event.data.platform',
  get limit() {
    const { externalInngest, INNGEST_CONCURRENCY } = env();
    return externalInngest ? Math.min(most, INNGEST_CONCURRENCY ?? most) : most;
  },
});
