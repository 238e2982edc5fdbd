import { AppError, isAppError } from '@/server/foundation/errors';
import { log } from '@/server/foundation/log';

/** Runs calls to Stripe and turns what Stripe throws into words. Stripe's own text may hold account details and stays in the log. */
export async function reachStripe<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) || !isStripeError(error)) throw error;
    log().warn(
      { type: error.type, stripeCode: error.code, status: error.statusCode },
      'stripe refused a call',
    );
    if (
      error.type === 'StripeConnectionError' ||
      error.type === 'StripeAPIError' ||
      error.type === 'StripeRateLimitError'
    )
      throw new AppError(
        'unavailable',
        'We could not reach the payment service. Nothing was charged. Try again in a minute.',
        { cause: error },
      );
    if (error.code === 'idempotency_key_in_use')
      throw new AppError('unavailable', 'The same request is being worked on. Try again in a moment.', {
        cause: error,
      });
    throw new AppError(
      'platform_failed',
      'The payment service did not accept this request. Nothing was charged.',
      { cause: error },
    );
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
