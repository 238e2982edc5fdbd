import { ConnectorFault } from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';

/** `vendorCode` of a fault caused by our own time limit. */
export const TIME_LIMIT = 'time_limit';

let scale = 1;
/** For tests that cannot wait a minute: multiplies every limit of this process by the factor. */
export function scaleTimeLimits(factor: number): void {
  scale = factor;
}

/** Stops waiting for a call to a platform after the limit. The call may still arrive there, so its outcome is unknown. */
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
