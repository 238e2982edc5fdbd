/**
 * Meaning of a subscription's status (https://docs.stripe.com/api/subscriptions/object, `status`): `paid` provides its plan, `unpaid`
 * provides nothing but may be charged again, `ended` is never charged. `unknown` is a status that Stripe has introduced since.
 */
type SubscriptionState = 'paid' | 'unpaid' | 'ended' | 'unknown';

const STATES: ReadonlyMap<string, SubscriptionState> = new Map([
  ['active', 'paid'],
  ['trialing', 'paid'],
  // Keeps the plan while Stripe retries the card.
  ['past_due', 'paid'],
  ['unpaid', 'unpaid'],
  ['paused', 'unpaid'],
  ['incomplete', 'unpaid'],
  ['canceled', 'ended'],
  ['incomplete_expired', 'ended'],
]);

export const subscriptionStateOf = (status: string): SubscriptionState => STATES.get(status) ?? 'unknown';

/** Whether Stripe may still charge for it, now or later, so that a second one must not be bought. */
export const isLive = (status: string): boolean => subscriptionStateOf(status) !== 'ended';
