import { EventType } from 'inngest';
import { EVENTS, type EventData, type EventName } from '@/server/verbs/events';

/** An event as a trigger. Its schema parses the data before the functions run. */
const on = <N extends EventName>(name: N) =>
  new EventType<N, (typeof EVENTS)[N]>({ name, schema: EVENTS[name] });

export const publicationClaimed = on('publishing/publication.claimed');
export const publicationUnsettled = on('publishing/publication.unsettled');
export const recoveryRequested = on('publishing/recovery.requested');
export const laneRequested = on('publishing/lane.requested');
export const mediaRequested = on('publishing/media.requested');
export const sweepRequested = on('publishing/sweep.requested');
export const resultsRequested = on('results/read.requested');
export const syncRequested = on('selling/sync.requested');
export const listingRequested = on('selling/listing.requested');
export const priceChangeRequested = on('selling/price-change.requested');
export const emailQueued = on('email/queued');
export const refreshRequested = on('connections/refresh.requested');
export const webhooksRequested = on('connections/webhooks.requested');
export const applyRequested = on('webhooks/apply.requested');

/** An event to send. */
export interface Outgoing<N extends EventName> {
  name: N;
  data: EventData<N>;
  /** A second event with the same id starts nothing. */
  id?: string;
  /** Earliest start of its runs, in milliseconds since 1970. */
  ts?: number;
}
