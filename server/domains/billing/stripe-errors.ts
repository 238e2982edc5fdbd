interface StripeFailure {
  code?: string;
  param?: string;
}

/** Stripe's own error in this failure, or in what it was turned into (`reachStripe`). */
function failureOf(error: unknown): StripeFailure {
  if (!(error instanceof Error)) return {};
  const own = 'type' in error ? error : error.cause;
  return own instanceof Error ? (own as StripeFailure) : {};
}

/** Stripe says that there is no such object. */
export const isMissing = (error: unknown): boolean => failureOf(error).code === 'resource_missing';

/** Stripe says that the call named a customer that does not exist (any more). */
export const isMissingCustomer = (error: unknown): boolean =>
  isMissing(error) && failureOf(error).param === 'customer';
