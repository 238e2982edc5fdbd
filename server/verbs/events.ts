import { z } from 'zod';
import { instantText, token, version } from '@/server/foundation/inputs';

const id = token({ min: 1, max: 64 });
const none = z.object({});

/**
 * All events of the app, with the data of each. The compiler checks publishers against this, and background functions use it to parse
 * events. An event only tells where to look; the row is authoritative.
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
  /** The outcome of an attempt is unknown and must be looked up on the platform. */
  'publishing/publication.unsettled': z.object({
    workspaceId: id,
    publicationId: id,
    connectionId: id,
    platform: id,
    version: version(),
    claimToken: id,
    dueAt: instantText(),
    /** Number of the last attempt. The look-up is the next one. */
    attempt: version(0).optional(),
  }),
  /** Something may have stopped half-way. Requests a check before the next minute. */
  'publishing/recovery.requested': none,
  /** A connection's lane has something due that possibly no process is sending. */
  'publishing/lane.requested': z.object({ workspaceId: id, connectionId: id, platform: id }),
  /** A publication is due soon and its media must be uploaded. */
  'publishing/media.requested': z.object({
    workspaceId: id,
    publicationId: id,
    connectionId: id,
    platform: id,
  }),
  /**
   * Something may be due now. Requests a sweep before the next minute. The requesting process, and the time by its own clock, are added
   * when the event is sent.
   */
  'publishing/sweep.requested': z.object({ process: id.optional(), asked: z.number().optional() }),
  /** A connection has posts whose results must be read. */
  'results/read.requested': z.object({ workspaceId: id, connectionId: id, platform: id }),
  'selling/sync.requested': z.object({ workspaceId: id, connectionId: id }),
  'selling/listing.requested': z.object({ workspaceId: id, listingId: id }),
  'selling/price-change.requested': z.object({ workspaceId: id, priceChangeId: id }),
  'email/queued': none,
  'connections/refresh.requested': none,
  /** A connection was connected, and its platform may report what happens to it. */
  'connections/webhooks.requested': none,
  /** A platform reported something at one of our addresses, which is stored. */
  'webhooks/apply.requested': z.object({ platform: id, receiver: token({ min: 1, max: 128 }) }),
} as const satisfies Record<string, z.ZodObject>;

export type EventName = keyof typeof EVENTS;
/** The data of an event of this name. */
export type EventData<N extends EventName> = z.input<(typeof EVENTS)[N]>;

/** Publishes events for background work. Never throws: a sweep finds the row of an event that could not be sent. */
export interface EventPublisher {
  publish<N extends EventName>(name: N, data: EventData<N>): Promise<void>;
}
