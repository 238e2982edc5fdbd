import { randomUUID } from 'node:crypto';
import { sha256 } from '@/server/foundation/crypto';

interface KeyedFailure {
  type?: string;
  code?: string;
  headers?: Record<string, string>;
}

/**
 * Makes a Stripe call under an idempotency key derived from its name and parameters, so that a repeated call gets the first result and a
 * call with other parameters is a separate call. Stripe keeps a key and its response for a day or longer
 * (https://docs.stripe.com/api/idempotent_requests). If it holds the key for other parameters or replays a failure of its own, the call is
 * made once more under a fresh key. `call` may therefore take effect twice, which callers must tolerate.
 */
export async function keyed<P extends object, T>(
  name: string,
  params: P,
  call: (params: P, options: { idempotencyKey: string }) => Promise<T>,
): Promise<T> {
  const idempotencyKey = `${name}:${sha256(JSON.stringify(params)).slice(0, 32)}`;
  try {
    return await call(params, { idempotencyKey });
  } catch (error) {
    if (!isStale(error)) throw error;
    return call(params, { idempotencyKey: `${idempotencyKey}:${randomUUID()}` });
  }
}

/** Whether this key would only get the same error for as long as Stripe keeps it. */
function isStale(error: unknown): boolean {
  const { type, code, headers } = (error ?? {}) as KeyedFailure;
  if (type === 'StripeIdempotencyError') return code !== 'idempotency_key_in_use';
  return type === 'StripeAPIError' && headers?.['idempotent-replayed'] === 'true';
}
