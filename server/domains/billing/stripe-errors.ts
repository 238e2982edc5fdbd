interface StripeFailure {
  type?: string;
  code?: string;
  param?: string;
}

/** Returns Stripe's own error from this failure or from what `callStripe` converted it to. */
function failureOf(error: unknown): StripeFailure {
  if (!(error instanceof Error)) return {};
  const own = 'type' in error ? error : error.cause;
  return own instanceof Error ? (own as StripeFailure) : {};
}

/** Whether Stripe reports that the object does not exist. */
export const isMissing = (error: unknown): boolean => failureOf(error).code === 'resource_missing';

/** Whether Stripe reports that the call named a customer that does not exist (any more). */
export const isMissingCustomer = (error: unknown): boolean =>
  isMissing(error) && failureOf(error).param === 'customer';

/** Whether the key is a restricted one that does not include this call. */
export const isForbidden = (error: unknown): boolean => failureOf(error).type === 'StripePermissionError';
