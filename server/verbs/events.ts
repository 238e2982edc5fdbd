import { z } from 'zod';
import { instantText, token, version } from '@/server/foundation/inputs';

const id = token({ min: 1, max: 64 });
const none = z.object({});

/**
 * Every event of the app: its name and what it carries. Who publishes one is held to this by the compiler, and a background function
 * parses what it receives by it. An event says only where to look; the row is the authority.
 */
export const EVENTS = {
  /** A publication was claimed by the sweep and is due soon. */
  'publishing/publication.claimed': z.object({
    workspaceId: id,
    publicationId: id,
    connectionId: id,
    platform: id,
    version: version(),
    claimToken: id,
    dueAt: instantText(),
  }),
  /** The outcome of an attempt is unknown: look it up on the platform. */
  'publishing/publication.unsettled': z.object({
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
  /** Something may have stopped half-way: look before the next minute. */
  'publishing/recovery.requested': none,
  /** A connection's line has something due and nobody may be sending it. */
  'publishing/lane.requested': z.object({ workspaceId: id, connectionId: id, platform: id }),
  /** A publication is due soon and its pictures are to be uploaded. */
  'publishing/media.requested': z.object({
    workspaceId: id,
    publicationId: id,
    connectionId: id,
    platform: id,
  }),
  /** Something may be due now: look before the next minute. Which process asked, and when by its own clock, are added on the way. */
  'publishing/sweep.requested': z.object({ process: id.optional(), asked: z.number().optional() }),
  /** A connection has posts whose results are to be read. */
  'results/read.requested': z.object({ workspaceId: id, connectionId: id, platform: id }),
  'selling/sync.requested': z.object({ workspaceId: id, connectionId: id }),
  'selling/listing.requested': z.object({ workspaceId: id, listingId: id }),
  'selling/price-change.requested': z.object({ workspaceId: id, priceChangeId: id }),
  'email/queued': none,
  'connections/refresh.requested': none,
} as const satisfies Record<string, z.ZodObject>;

export type EventName = keyof typeof EVENTS;
/** What an event of this name carries. */
export type EventData<N extends EventName> = z.input<(typeof EVENTS)[N]>;

/** Publishes events for the background work. Best effort: a sweep finds the row anyway. */
export interface EventPublisher {
  publish<N extends EventName>(name: N, data: EventData<N>): Promise<void>;
}
