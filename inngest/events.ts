import { eventType } from 'inngest';
import { z } from 'zod';
import { instantText, token, version } from '@/server/foundation/inputs';

const id = token({ min: 1, max: 64 });

/** A publication was claimed by the sweep and is due soon. */
export const publicationClaimed = eventType('publishing/publication.claimed', {
  schema: z.object({
    workspaceId: id,
    publicationId: id,
    connectionId: id,
    platform: id,
    version: version(),
    claimToken: id,
    dueAt: instantText(),
  }),
});
/** Nobody saw the end of a try: look it up on the platform. */
export const publicationUnsettled = eventType('publishing/publication.unsettled', {
  schema: z.object({
    workspaceId: id,
    publicationId: id,
    connectionId: id,
    platform: id,
    version: version(),
    claimToken: id,
    dueAt: instantText(),
    /** The number of its last attempt: the look that was asked for is the next one. */
    attempt: version(0).optional(),
  }),
});
/** Something may have stopped half-way: look before the next minute. */
export const recoveryRequested = eventType('publishing/recovery.requested', { schema: z.object({}).loose() });
/** A connection's line has something due and nobody may be sending it. */
export const lineRequested = eventType('publishing/line.requested', {
  schema: z.object({ workspaceId: id, connectionId: id, platform: id }),
});
/** A publication is due soon and its pictures are to be uploaded. */
export const mediaRequested = eventType('publishing/media.requested', {
  schema: z.object({ workspaceId: id, publicationId: id, connectionId: id, platform: id }),
});
/** Something may be due now: look before the next minute. */
export const sweepRequested = eventType('publishing/sweep.requested', { schema: z.object({}).loose() });
/** A connection has posts whose results are to be read. */
export const resultsRequested = eventType('results/read.requested', {
  schema: z.object({ workspaceId: id, connectionId: id, platform: id }),
});
export const syncRequested = eventType('selling/sync.requested', {
  schema: z.object({ workspaceId: id, connectionId: id }),
});
export const listingRequested = eventType('selling/listing.requested', {
  schema: z.object({ workspaceId: id, listingId: id }),
});
export const priceChangeRequested = eventType('selling/price-change.requested', {
  schema: z.object({ workspaceId: id, priceChangeId: id }),
});
export const emailQueued = eventType('email/queued', { schema: z.object({}).loose() });
export const refreshRequested = eventType('connections/refresh.requested', { schema: z.object({}).loose() });
