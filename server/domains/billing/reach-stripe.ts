import { safeVendorMessage } from '@/server/connectors/kit/words';
import { AppError, isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';

/** Rejects our key and not the request. Users can do nothing about it, and the words name the account. */
const OUR_KEY = ['StripeAuthenticationError', 'StripePermissionError'];

/**
 * Runs calls to Stripe and converts Stripe's errors to ours. A refusal shows Stripe's own words, such as why a card was declined, without ids
 * and keys.
 */
export async function callStripe<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) || !isStripeError(error)) throw error;
    const said = safeVendorMessage(error.message);
    log().warn(
      { type: error.type, stripeCode: error.code, status: error.statusCode, said },
      'stripe rejected a request',
    );
    if (
      error.type === 'StripeConnectionError' ||
      error.type === 'StripeAPIError' ||
      error.type === 'StripeRateLimitError'
    )
      throw new AppError('unavailable', fact('billing.errors.unreachable'), { cause: error });
    if (error.code === 'idempotency_key_in_use')
      throw new AppError('unavailable', fact('billing.errors.inUse'), {
        cause: error,
      });
    const reason =
      said && !OUR_KEY.includes(error.type)
        ? fact('billing.errors.refusedBecause', { said })
        : fact('billing.errors.refused');
    throw new AppError('platform_failed', reason, { cause: error });
  }
}

function isStripeError(
  error: unknown,
): error is Error & { type: string; code?: string; statusCode?: number } {
  return (
    error instanceof Error &&
    'type' in error &&
    typeof error.type === 'string' &&
    error.type.startsWith('Stripe')
  );
}
