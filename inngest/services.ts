import { getDb } from '@/db/client';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import { systemClock } from '@/server/foundation/clock';
import type { Services } from '@/server/verbs/context';
import { events } from './event-publisher';

/** Services for verbs in this process: its database, the system's clock, the background work and the real platforms. */
export const services = async (): Promise<Services> => ({
  db: await getDb(),
  clock: systemClock,
  events,
  platforms: connectorPlatforms,
});
