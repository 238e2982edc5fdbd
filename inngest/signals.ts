import type { Signals } from '@/server/domains/context';
import { log } from '@/server/foundation/log';
import { inngest } from './client';
import { asked } from './sweeps';

/** Tells the background work that something is due. Never fails: a sweep finds the row anyway. */
export const signals: Signals = {
  async send(name, data) {
    try {
      await inngest.send({
        name,
        data: name === 'publishing/sweep.requested' ? { ...data, ...asked() } : data,
      });
    } catch (error) {
      log().warn({ err: error, event: name }, 'a signal could not be sent');
    }
  },
};
