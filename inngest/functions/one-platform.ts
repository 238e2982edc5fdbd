import { env } from '@/server/foundation/env';

/**
 * At most so many runs for one platform at the same time: one that is slow or down leaves the others their places. The event of
 * every trigger must carry the platform. On an Inngest server never more than its plan allows; it is read when the functions are
 * registered.
 */
export const onePlatform = (most: number): { readonly key: string; readonly limit: number } => ({
  key: 'event.data.platform',
  get limit() {
    const { externalInngest, INNGEST_CONCURRENCY } = env();
    return externalInngest ? Math.min(most, INNGEST_CONCURRENCY ?? most) : most;
  },
});
