import { AppError, isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';

/**
 * Runs calls to Stripe and converts Stripe's errors to ours. Stripe's own message may contain account details, so it only goes to the log.
 */
export async function callStripe<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) || !isStripeError(error)) throw error;
    log().warn(
      { type: error.type, stripeCode: error.code, status: error.statusCode },
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
    throw new AppError('platform_failed', fact('billing.errors.refused'), { cause: error });
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
