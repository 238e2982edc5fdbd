/**
 * What a subscription's status means for us (https://docs.stripe.com/api/subscriptions/object, `status`): `paid` gives its plan,
 * `unpaid` gives nothing and may be charged again, `ended` never is. `unknown` is a status that Stripe has introduced since.
 */
export type SubscriptionState = 'paid' | 'unpaid' | 'ended' | 'unknown';

const STATES: ReadonlyMap<string, SubscriptionState> = new Map([
  ['active', 'paid'],
  ['trialing', 'paid'],
  // Keeps the plan while Stripe tries the card again.
  ['past_due', 'paid'],
  ['unpaid', 'unpaid'],
  ['paused', 'unpaid'],
  ['incomplete', 'unpaid'],
  ['canceled', 'ended'],
  ['incomplete_expired', 'ended'],
]);

export const subscriptionStateOf = (status: string): SubscriptionState => STATES.get(status) ?? 'unknown';

/** Whether Stripe may still charge for it, now or later: nobody should buy a second one beside it. */
export const isLive = (status: string): boolean => subscriptionStateOf(status) !== 'ended';
