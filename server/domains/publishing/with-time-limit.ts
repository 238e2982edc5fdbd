import { ConnectorFault } from '@/server/connectors/kit/types';

/** Ends the wait for a call to a platform. The call itself may still arrive there, so its outcome is not known. */
export async function withTimeLimit<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ConnectorFault('unknown_outcome', 'The platform did not answer in time.')),
      limitMs,
    );
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
