/**
 * What a subscription's status means for us (https://docs.stripe.com/api/subscriptions/object, `status`): `paid` gives its plan,
 * `unpaid` gives nothing and may be charged again, `ended` never is. `unknown` is a status that Stripe has introduced since.
 */
export type Standing = 'paid' | 'unpaid' | 'ended' | 'unknown';

const STANDING: ReadonlyMap<string, Standing> = new Map([
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

export const standingOf = (status: string): Standing => STANDING.get(status) ?? 'unknown';

/** Whether Stripe may still charge for it, now or later: nobody should buy a second one beside it. */
export const isLive = (status: string): boolean => standingOf(status) !== 'ended';
