import { ConnectorFault } from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';

/** The `vendorCode` of a fault that is our own limit. */
export const TIME_LIMIT = 'time_limit';

let scale = 1;
/** For tests that do not wait a minute: every limit of this process is multiplied by this. */
export function scaleTimeLimits(factor: number): void {
  scale = factor;
}

/** Ends the wait for a call to a platform. The call itself may still arrive there, so its outcome is not known. */
export async function withTimeLimit<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ConnectorFault('unknown_outcome', fact('connections.errors.timeLimit'), {
            vendorCode: TIME_LIMIT,
          }),
        ),
      limitMs * scale,
    );
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
