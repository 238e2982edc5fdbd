import { log } from '@/server/foundation/log';
import type { EventName, EventPublisher } from '@/server/verbs/events';
import { inngest } from './client';
import type { Outgoing } from './events';
import { sweepRequest } from './sweeps';

/** Sends events of one kind, all or none. Throws if they could not be sent. */
export async function sendEvents<N extends EventName>(all: readonly Outgoing<N>[]): Promise<void> {
  await inngest.send([...all]);
}

/** Notifies the background work of due work. Never fails, because a sweep finds the row anyway. */
export const events: EventPublisher = {
  async publish(name, data) {
    try {
      await inngest.send({
        name,
        data: name === 'publishing/sweep.requested' ? { ...data, ...sweepRequest() } : data,
      });
    } catch (error) {
      log().warn({ err: error, event: name }, 'an event could not be published');
    }
  },
};
